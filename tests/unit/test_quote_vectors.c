/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other people's quotes, from $ATTESTD_VECTORS/quotes: each case verifies, or is refused, as its expected.json
 * says; and is refused with any byte of message, signature, nonce or PCR values changed. A case without a key
 * is only parsed.
 */
#include "tests/unit/unit.h"

#include "attest/quote.h"
#include "base/file.h"
#include "codec/tpmwire.h"
#include "evidence/verdict.h"

#include <dirent.h>
#include <json-c/json.h>
#include <sys/stat.h>

#define PART_MAX ((size_t)64 << 10)

struct vector {
    char folder[512];
    json_object *expected;
    struct attest_bytes message, signature, pem;
    char pcrs[8192]; /* those quoted, in the form we read */
    struct attest_bytes nonce;
    struct attest_key *key;
    bool sha1_bank;
};

static json_object *get(json_object *object, const char *name)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static struct attest_bytes read_part(const struct vector *vector, const char *name)
{
    struct attest_bytes content = attest_bytes_init(PART_MAX);
    char path[600];

    snprintf(path, sizeof path, "%s/%s", vector->folder, name);
    if (access(path, F_OK) == 0)
        assert_ok(attest_file_read(path, PART_MAX, &content, NULL));
    return content;
}

static json_object *read_json(const struct vector *vector, const char *name)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", vector->folder, name);
    return json_object_from_file(path);
}

static void load_pcrs(struct vector *vector, json_object *selection)
{
    const char *bank = json_object_get_string(get(selection, "alg"));
    json_object *banks = read_json(vector, "pcrs.json");
    json_object *values = get(banks, bank), *indexes = get(selection, "pcrs");
    char *at = vector->pcrs;

    vector->sha1_bank = strcmp(bank, "sha1") == 0;
    at += sprintf(at, "{\"bank\":\"%s\",\"pcrs\":{", bank);
    for (size_t i = 0; i < json_object_array_length(indexes); i++) {
        const char *index = json_object_get_string(json_object_array_get_idx(indexes, i));
        const char *value = json_object_get_string(get(values, index));
        at += sprintf(at, "%s\"%s\":\"%s\"", i > 0 ? "," : "", index, value ? value : "");
    }
    sprintf(at, "}}");
    json_object_put(banks);
}

static void load_nonce(struct vector *vector, const char *digits)
{
    vector->nonce = attest_bytes_init(64);
    for (unsigned byte; sscanf(digits, "%2x", &byte) == 1; digits += 2)
        attest_bytes_append_u8(&vector->nonce, (uint8_t)byte);
}

static void load(struct vector *vector)
{
    vector->expected = read_json(vector, "expected.json");
    assert_non_null(vector->expected);
    json_object *attest = get(vector->expected, "attest");
    vector->message = read_part(vector, "attest.bin");
    vector->signature = read_part(vector, "signature.bin");
    vector->pem = read_part(vector, "ak.pem");
    load_pcrs(vector, json_object_array_get_idx(get(attest, "pcrSelect"), 0));
    load_nonce(vector, json_object_get_string(get(attest, "extraData")));
    if (vector->pem.size > 0)
        assert_ok(attest_key_from_pem(attest_bytes_view(&vector->pem), &vector->key, NULL));
}

static void unload(struct vector *vector)
{
    json_object_put(vector->expected);
    attest_bytes_done(&vector->message);
    attest_bytes_done(&vector->signature);
    attest_bytes_done(&vector->pem);
    attest_bytes_done(&vector->nonce);
    attest_key_free(vector->key);
}

static enum attest_error judge(const struct vector *vector, struct attest_verdict *verdict)
{
    struct attest_quote_demands demands = { .key = vector->key,
                                            .nonce = attest_bytes_view(&vector->nonce),
                                            .allow_missing_nonce = vector->nonce.size == 0,
                                            .allow_sha1 = vector->sha1_bank };
    struct attest_quote *quote = NULL;

    enum attest_error error =
        attest_quote_from_parts(attest_bytes_view(&vector->message), attest_bytes_view(&vector->signature),
                                attest_view_text(vector->pcrs), &quote, NULL);
    if (error == ATTEST_OK)
        error = attest_quote_verify(quote, &demands, verdict);
    assert_int_equal(attest_verdict_holds(verdict), error == ATTEST_OK);
    attest_quote_free(quote);
    return error;
}

static bool verifies(const struct vector *vector)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    return judge(vector, verdict) == ATTEST_OK;
}

static bool is_true(const struct vector *vector, const char *name)
{
    return json_object_get_boolean(get(get(vector->expected, "checked"), name)) != 0;
}

static bool check_is_ok(const struct attest_verdict *verdict, const char *name)
{
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (strcmp(attest_verdict_check(verdict, i).name, name) == 0)
            return attest_verdict_check(verdict, i).ok;
    return false;
}

static void assert_number(json_object *object, const char *name, uint64_t found)
{
    assert_true(json_object_get_uint64(get(object, name)) == found);
}

static void check_attest(const struct vector *vector)
{
    json_object *expected = get(vector->expected, "attest");
    struct attest_tpm_attest attest;

    assert_ok(attest_tpmwire_parse_attest(attest_bytes_view(&vector->message), &attest, NULL));
    assert_true(attest_tpmwire_is_quote(&attest));
    assert_hex(attest.qualified_signer, json_object_get_string(get(expected, "qualifiedSigner")));
    assert_hex(attest.extra_data, json_object_get_string(get(expected, "extraData")));
    assert_hex(attest.pcr_digest, json_object_get_string(get(expected, "pcrDigest")));
    assert_number(expected, "clock", attest.clock);
    assert_number(expected, "resetCount", attest.reset_count);
    assert_number(expected, "restartCount", attest.restart_count);
    assert_number(expected, "safe", attest.safe);
    assert_true(strtoull(json_object_get_string(get(expected, "firmwareVersion")), NULL, 16) ==
                attest.firmware_version);
}

static void check_verdict(const struct vector *vector)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const char *hash = json_object_get_string(get(vector->expected, "signature_hash"));

    enum attest_error error = judge(vector, verdict);
    bool strong = hash && strcmp(hash, "sha1") != 0; /* SHA-1 signatures are refused, right or not */
    bool expected = is_true(vector, "signature") && is_true(vector, "pcr_digest") && strong;
    assert_error(error, expected ? ATTEST_OK : ATTEST_REFUSED);
    assert_int_equal(check_is_ok(verdict, "pcr_digest"), is_true(vector, "pcr_digest"));
    assert_int_equal(check_is_ok(verdict, "signature"), is_true(vector, "signature") && strong);
}

static void check_no_byte_may_change(struct vector *vector)
{
    struct attest_bytes *const parts[] = { &vector->message, &vector->signature, &vector->nonce };

    for (size_t part = 0; part < COUNT(parts); part++)
        for (size_t at = 0; at < parts[part]->size; at++) {
            uint8_t saved = parts[part]->data[at];
            parts[part]->data[at] ^= (uint8_t)(1u << at % 8);
            assert_false(verifies(vector));
            parts[part]->data[at] = saved;
        }
    for (char *at = strstr(vector->pcrs, "\"pcrs\":{") + 8; *at; at++) {
        char saved = *at;
        if (!strchr("0123456789abcdef", saved))
            continue;
        *at = saved == '0' ? '8' : '0';
        assert_false(verifies(vector));
        *at = saved;
        at += strchr("0123456789abcdef", at[1]) && at[1] != '\0'; /* the byte's other digit */
    }
    assert_true(verifies(vector));
}

static void test_vector(void **state)
{
    struct vector vector = { 0 };

    snprintf(vector.folder, sizeof vector.folder, "%s", (const char *)*state);
    load(&vector);
    check_attest(&vector);
    if (vector.signature.size > 0)
        check_verdict(&vector);
    if (vector.key && verifies(&vector))
        check_no_byte_may_change(&vector);
    unload(&vector);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strchr(entry->d_name, '.');
}

int main(void)
{
    const char *vectors = getenv("ATTESTD_VECTORS");
    struct CMUnitTest tests[64] = { 0 };
    struct dirent **cases;
    char folder[400];

    snprintf(folder, sizeof folder, "%s/quotes", vectors ? vectors : "../shared/vectors");
    int count = scandir(folder, &cases, is_case, alphasort);
    if (count <= 0 || count > (int)COUNT(tests)) {
        printf("1..0 # SKIP no quotes in %s: set ATTESTD_VECTORS\n", folder);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s/%s", folder, cases[i]->d_name) < 0)
            return 1;
        tests[i] = (struct CMUnitTest){ cases[i]->d_name, test_vector, NULL, NULL, path };
    }
    int failed = _cmocka_run_group_tests("quote_vectors", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(tests[i].initial_state);
        free(cases[i]);
    }
    free(cases);
    return failed;
}
