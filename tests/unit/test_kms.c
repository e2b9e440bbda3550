/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of the outcomes of a call, and of a plaintext that KMS was not asked for? With a call that
 * answers as it is told, in the place of aws/call.c.
 */
#include "tests/unit/unit.h"

#include "aws/kms.h"
#include "tests/unit/memory.h"

#define KEY "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

static const struct attest_kms_decrypt decrypt = { .key_id = KEY,
                                                   .ciphertext = { (const uint8_t *)"sealed", 6 },
                                                   .document = { (const uint8_t *)"document", 8 } };
static const struct attest_kms_data_key data_key = { .key_id = KEY,
                                                     .key_spec = "AES_256",
                                                     .document = { (const uint8_t *)"document", 8 } };

/* The complement of the answer's text, so that the answer lies in memory only while it is one. */
static struct {
    uint8_t complement[256];
    size_t size;
    enum attest_error error;
    struct attest_aws_outcome outcome;
    unsigned asked;
    char target[64];
} told;

static void tell(const char *answer, enum attest_error error, const char *type)
{
    memset(&told, 0, sizeof told);
    told.size = strlen(answer);
    for (size_t i = 0; i < told.size; i++)
        told.complement[i] = (uint8_t)~answer[i];
    told.error = error;
    snprintf(told.outcome.type, sizeof told.outcome.type, "%s", type);
    told.outcome.status = error == ATTEST_OK ? 200 : 400;
}

enum attest_error attest_aws_call_send(struct attest_aws_call *call, const struct attest_aws_request *request,
                                       struct attest_bytes *ret_body, struct attest_aws_outcome *ret_outcome,
                                       struct attest_diag *diag)
{
    (void)call, (void)diag;
    told.asked++;
    snprintf(told.target, sizeof told.target, "%s", request->target);
    *ret_outcome = told.outcome;
    if (told.error != ATTEST_OK)
        return told.error;
    *ret_body = attest_bytes_init(sizeof told.complement);
    for (size_t i = 0; i < told.size; i++)
        attest_bytes_append_u8(ret_body, (uint8_t)~told.complement[i]);
    return attest_bytes_check(ret_body);
}

static void test_decrypt(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes envelope = { 0 };
    struct attest_aws_outcome outcome;

    (void)state;
    tell("{\"KeyId\":\"" KEY "\",\"CiphertextForRecipient\":\"ZW52ZWxvcGU=\"}", ATTEST_OK, "");
    assert_ok(attest_kms_decrypt(NULL, &decrypt, &envelope, &outcome, NULL));
    assert_text(attest_bytes_view(&envelope), "envelope");
    assert_string_equal(told.target, "TrentService.Decrypt");
    assert_int_equal(outcome.status, 200);
}

static void test_data_key(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes ciphertext = { 0 }, envelope = { 0 };
    struct attest_aws_outcome outcome;

    (void)state;
    tell("{\"KeyId\":\"" KEY "\",\"CiphertextForRecipient\":\"ZW52ZWxvcGU=\",\"CiphertextBlob\":\"c2VhbGVk\"}",
         ATTEST_OK, "");
    assert_ok(attest_kms_generate_data_key(NULL, &data_key, &ciphertext, &envelope, &outcome, NULL));
    assert_text(attest_bytes_view(&envelope), "envelope");
    assert_text(attest_bytes_view(&ciphertext), "sealed");
    assert_string_equal(told.target, "TrentService.GenerateDataKey");
}

static void test_failures(void **state)
{
    static const enum attest_error errors[] = { ATTEST_DENIED, ATTEST_REMOTE, ATTEST_TOO_LARGE, ATTEST_MEMORY };

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct attest_bytes ciphertext = { 0 }, envelope = { 0 };
        struct attest_aws_outcome outcome;
        tell("", errors[i], "AccessDeniedException");
        assert_error(attest_kms_decrypt(NULL, &decrypt, &envelope, &outcome, NULL), errors[i]);
        assert_string_equal(outcome.type, "AccessDeniedException");
        assert_error(attest_kms_generate_data_key(NULL, &data_key, &ciphertext, &envelope, &outcome, NULL),
                     errors[i]);
        assert_null(envelope.data);
        assert_null(ciphertext.data);
    }
}

static void test_dry_run(void **state)
{
    static const struct {
        const char *type;
        enum attest_error error, expected;
    } cases[] = {
        { "DryRunOperationException", ATTEST_REMOTE, ATTEST_OK },
        { "AccessDeniedException", ATTEST_DENIED, ATTEST_DENIED },
        { "DryRunOperation", ATTEST_REMOTE, ATTEST_REMOTE },
        { "", ATTEST_REMOTE, ATTEST_REMOTE },
        { "", ATTEST_OK, ATTEST_MALFORMED },
    };
    struct attest_kms_decrypt dry_decrypt = decrypt;
    struct attest_kms_data_key dry_data_key = data_key;

    (void)state;
    dry_decrypt.dry_run = dry_data_key.dry_run = true;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_bytes ciphertext = { 0 }, envelope = { 0 };
        struct attest_aws_outcome outcome;
        tell("{\"KeyId\":\"" KEY "\",\"CiphertextForRecipient\":\"ZW52ZWxvcGU=\"}", cases[i].error,
             cases[i].type);
        assert_error(attest_kms_decrypt(NULL, &dry_decrypt, &envelope, &outcome, NULL), cases[i].expected);
        assert_error(attest_kms_generate_data_key(NULL, &dry_data_key, &ciphertext, &envelope, &outcome, NULL),
                     cases[i].expected);
        assert_int_equal(ciphertext.size + envelope.size, 0);
    }
}

/* Without asking for a dry run, KMS's word for its success is none. */
static void test_not_a_dry_run(void **state)
{
    struct attest_bytes envelope = { 0 };
    struct attest_aws_outcome outcome;

    (void)state;
    tell("", ATTEST_REMOTE, "DryRunOperationException");
    assert_error(attest_kms_decrypt(NULL, &decrypt, &envelope, &outcome, NULL), ATTEST_REMOTE);
}

static void test_nothing_sent(void **state)
{
    struct attest_aws_outcome outcome = { .status = 7, .type = "old" };
    struct attest_bytes ciphertext = { 0 }, envelope = { 0 };

    (void)state;
    tell("", ATTEST_OK, "");
    assert_error(
        attest_kms_decrypt(NULL, &(struct attest_kms_decrypt){ .key_id = "" }, &envelope, &outcome, NULL),
        ATTEST_USAGE);
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.type, "");
    assert_error(attest_kms_generate_data_key(NULL, &(struct attest_kms_data_key){ .key_id = "" }, &ciphertext,
                                              &envelope, &outcome, NULL),
                 ATTEST_USAGE);
    assert_int_equal(told.asked, 0);
}

/* What the base64 below is in the answer, given as its complement; the answer's literal is made from pieces
 * only when it is told. */
static void tell_plaintext(uint8_t ret_complement[32])
{
    char answer[256];
    size_t size = (size_t)snprintf(answer, sizeof answer, "{\"KeyId\":\"" KEY "\",\"Plaintext\":\"");

    for (size_t i = 0; i < 32; i++) {
        answer[size + i] = (char)('A' + (i * 7 + 3) % 26);
        ret_complement[i] = (uint8_t)~answer[size + i];
    }
    snprintf(answer + size + 32, sizeof answer - size - 32, "\"}");
    tell(answer, ATTEST_OK, "");
    memset(answer, 0, sizeof answer);
    __asm__ volatile("" : : "r"(answer) : "memory");
}

static void test_plaintext_is_refused_and_wiped(void **state)
{
    struct attest_bytes envelope = { 0 };
    struct attest_aws_outcome outcome;
    struct attest_diag diag = { 0 };
    uint8_t complement[32];

    (void)state;
    tell_plaintext(complement);
    assert_error(attest_kms_decrypt(NULL, &decrypt, &envelope, &outcome, &diag), ATTEST_REFUSED);
    assert_int_equal(memory_find(attest_view_of(complement), NULL).outside, 0);
    assert_string_equal(diag.found, "a plaintext");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plaintext_is_refused_and_wiped),
        cmocka_unit_test(test_decrypt),
        cmocka_unit_test(test_data_key),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_not_a_dry_run),
        cmocka_unit_test(test_nothing_sent),
    };
    return cmocka_run_group_tests_name("kms", tests, NULL, NULL);
}
