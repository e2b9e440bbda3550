/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real documents of AWS, from $ATTESTD_VECTORS/attestation-doc: each holds at its time under AWS's root, and
 * says what is recorded beside it; and of one NitroTPM document and one enclave's, every single bit is flipped,
 * and none of these hold. Two processes share that, for it is some 75,000 verifications; with
 * ATTESTD_FLIP_STEP=N it is every Nth bit only.
 */
#include "tests/unit/unit.h"

#include "attest/document.h"
#include "base/file.h"
#include "evidence/trust.h"
#include "evidence/verdict.h"

#include <dirent.h>
#include <json-c/json.h>
#include <sys/wait.h>

#define DOCUMENT_MAX ((size_t)16 << 10)

static char folder[400];

struct vector {
    json_object *recorded;
    struct attest_bytes wire;
    uint64_t at; /* seconds */
};

static json_object *get(json_object *object, const char *name)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static struct vector load(const char *name)
{
    struct vector vector = { .wire = attest_bytes_init(0) };
    char path[600];

    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    vector.recorded = json_object_from_file(path);
    assert_non_null(vector.recorded);
    snprintf(path, sizeof path, "%s/%s.cbor", folder, name);
    assert_ok(attest_file_read(path, DOCUMENT_MAX, &vector.wire, NULL));
    vector.at = json_object_get_uint64(get(vector.recorded, "verify_at_unix"));
    return vector;
}

static void unload(struct vector *vector)
{
    json_object_put(vector->recorded);
    attest_bytes_done(&vector->wire);
}

static struct attest_trust *trust_aws(void)
{
    struct attest_trust *trust = attest_trust_new();

    assert_non_null(trust);
    assert_ok(attest_trust_add_aws(trust));
    return trust;
}

static bool holds_to(struct attest_view wire, struct attest_trust *trust,
                     struct attest_document_demands demands)
{
    struct attest_document *document = NULL;
    struct attest_verdict *verdict = attest_verdict_new();

    enum attest_error error = attest_document_parse(wire, &document, NULL);
    if (error == ATTEST_OK)
        error = attest_document_verify(document, trust, &demands, verdict);
    bool good = attest_verdict_holds(verdict);
    assert_int_equal(good, error == ATTEST_OK);
    attest_document_free(document);
    attest_verdict_free(verdict);
    return good;
}

static bool holds(struct attest_view wire, struct attest_trust *trust, uint64_t at)
{
    return holds_to(
        wire, trust,
        (struct attest_document_demands){ .at = at * 1000, .allow_missing_nonce = true, .allow_debug = true });
}

/* By what is recorded: PCR 0 of an enclave is zero. */
static bool is_debug(const struct vector *vector)
{
    const char *pcr = json_object_get_string(get(get(vector->recorded, "pcrs"), "0"));

    return strcmp(json_object_get_string(get(vector->recorded, "pcr_map_key")), "pcrs") == 0 &&
           strspn(pcr, "0") == strlen(pcr);
}

static bool is_good(const struct vector *vector, const char *name)
{
    json_object *signature = get(vector->recorded, "signature_ok");

    return strncmp(name, "neg-", 4) != 0 && (!signature || json_object_get_boolean(signature));
}

static void check_claims(const struct vector *vector)
{
    struct attest_document *document = NULL;
    unsigned count = 0;

    assert_ok(attest_document_parse(attest_bytes_view(&vector->wire), &document, NULL));
    struct attest_document_claims claims = attest_document_claims(document);
    assert_string_equal(attest_document_kind_name(claims.kind),
                        json_object_get_string(get(vector->recorded, "kind")));
    assert_text(claims.module_id, json_object_get_string(get(vector->recorded, "module_id")));
    assert_true(claims.root_is_aws);
    json_object_object_foreach(get(vector->recorded, "pcrs"), index, value)
    {
        assert_hex(attest_document_pcr(document, (unsigned)atoi(index)), json_object_get_string(value));
        count++;
    }
    for (unsigned i = 0; i < 32; i++)
        count -= attest_document_pcr(document, i).data != NULL;
    assert_int_equal(count, 0);
    attest_document_free(document);
}

static void test_vector(void **state)
{
    const char *name = *state;
    struct vector vector = load(name);
    _cleanup_(attest_trust_cleanup) struct attest_trust *aws = trust_aws(), *nobody = attest_trust_new();
    struct attest_view wire = attest_bytes_view(&vector.wire);

    assert_int_equal(holds(wire, aws, vector.at), is_good(&vector, name));
    assert_int_equal(holds(wire, aws, vector.at), is_good(&vector, name)); /* seen before */
    assert_false(holds(wire, aws, vector.at + 86400));
    assert_false(holds(wire, aws, vector.at - 86400));
    assert_false(holds(wire, nobody, vector.at));
    assert_false(
        holds_to(wire, aws, (struct attest_document_demands){ .at = vector.at * 1000, .allow_debug = true }));
    assert_int_equal(
        holds_to(wire, aws,
                 (struct attest_document_demands){ .at = vector.at * 1000, .allow_missing_nonce = true }),
        is_good(&vector, name) && !is_debug(&vector));
    check_claims(&vector);
    unload(&vector);
}

/* Every `step`th bit from `first` on; ends the process with 1 where one holds. */
static void flip(const struct vector *vector, size_t first, size_t step)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *aws = trust_aws();
    _cleanup_free_ uint8_t *copy = exact(attest_bytes_view(&vector->wire));
    struct attest_view wire = { copy, vector->wire.size };

    if (!holds(wire, aws, vector->at)) /* which also makes the trust remember its certificates */
        _exit(1);
    for (size_t bit = first; bit < 8 * wire.size; bit += step) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (holds(wire, aws, vector->at)) {
            fprintf(stderr, "holds with bit %zu of byte %zu flipped\n", bit % 8, bit / 8);
            _exit(1);
        }
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void test_every_bit(void **state)
{
    struct vector vector = load(*state);
    const char *asked = getenv("ATTESTD_FLIP_STEP");
    size_t step = asked && atoi(asked) > 0 ? (size_t)atoi(asked) : 1;
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    flip(&vector, child == 0 ? 0 : step, 2 * step);
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    unload(&vector);
}

static int is_document(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');

    return end && strcmp(end, ".cbor") == 0;
}

int main(void)
{
    const char *vectors = getenv("ATTESTD_VECTORS");
    struct CMUnitTest tests[64] = { 0 };
    struct dirent **files;
    size_t tpm = 0, enclave = 0;

    snprintf(folder, sizeof folder, "%s/attestation-doc", vectors ? vectors : "../shared/vectors");
    int count = scandir(folder, &files, is_document, alphasort);
    if (count <= 0 || count > (int)COUNT(tests) - 2) {
        printf("1..0 # SKIP no documents in %s: set ATTESTD_VECTORS\n", folder);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        *strrchr(files[i]->d_name, '.') = '\0';
        tests[i] = (struct CMUnitTest){ files[i]->d_name, test_vector, NULL, NULL, files[i]->d_name };
        tpm = strncmp(files[i]->d_name, "nitrotpm-", 9) == 0 ? (size_t)i : tpm;
        enclave = strncmp(files[i]->d_name, "enclave-", 8) == 0 ? (size_t)i : enclave;
    }
    tests[count] =
        (struct CMUnitTest){ "every bit of a NitroTPM's", test_every_bit, NULL, NULL, files[tpm]->d_name };
    tests[count + 1] =
        (struct CMUnitTest){ "every bit of an enclave's", test_every_bit, NULL, NULL, files[enclave]->d_name };
    int failed = _cmocka_run_group_tests("document_vectors", tests, (size_t)count + 2, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    return failed;
}
