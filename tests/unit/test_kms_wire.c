/* SPDX-License-Identifier: Apache-2.0 */
/* Is KMS asked as its API Reference says, and is an answer taken only if it is one? Requests are read by
 * json-c, answers are literals. */
#include "tests/unit/unit.h"

#include "aws/cms.h"
#include "aws/kms_wire.h"

#include <json-c/json.h>

#define KEY   "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define OTHER "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

static const struct attest_aws_pair context[] = { { "attestd:secret", "db \"1\"" }, { "stage", "\xc3\xa4" } };

static const struct attest_kms_decrypt decrypt = {
    .key_id = KEY,
    .ciphertext = { (const uint8_t *)"sealed", 6 },
    .context = context,
    .contexts = 2,
    .document = { (const uint8_t *)"document", 8 },
};

static json_object *read_back(const struct attest_bytes *body)
{
    json_tokener *tokener = json_tokener_new();

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    json_object *root = json_tokener_parse_ex(tokener, (const char *)body->data, (int)body->size);
    json_tokener_free(tokener);
    assert_non_null(root);
    return root;
}

static const char *text_of(json_object *object, const char *name)
{
    json_object *value = NULL;

    assert_true(json_object_object_get_ex(object, name, &value));
    return json_object_get_string(value);
}

static json_object *member(json_object *object, const char *name)
{
    json_object *value = NULL;

    assert_true(json_object_object_get_ex(object, name, &value));
    return value;
}

static void assert_common(json_object *root)
{
    assert_string_equal(text_of(root, "KeyId"), KEY);
    json_object *recipient = member(root, "Recipient");
    assert_string_equal(text_of(recipient, "KeyEncryptionAlgorithm"), "RSAES_OAEP_SHA_256");
    assert_string_equal(text_of(recipient, "AttestationDocument"), "ZG9jdW1lbnQ=");
    assert_int_equal(json_object_object_length(recipient), 2);
    json_object *pairs = member(root, "EncryptionContext");
    assert_string_equal(text_of(pairs, "attestd:secret"), "db \"1\"");
    assert_string_equal(text_of(pairs, "stage"), "\xc3\xa4");
    assert_int_equal(json_object_object_length(pairs), 2);
}

static void test_decrypt(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(4096);

    (void)state;
    assert_ok(attest_kms_wire_decrypt(&decrypt, &body, NULL));
    json_object *root = read_back(&body);
    assert_common(root);
    assert_string_equal(text_of(root, "CiphertextBlob"), "c2VhbGVk");
    assert_int_equal(json_object_object_length(root), 4);
    json_object_put(root);
}

static void test_data_key(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(4096);
    const struct attest_kms_data_key request = {
        .key_id = KEY, .key_spec = "AES_256", .context = context, .contexts = 2, .document = decrypt.document
    };

    (void)state;
    assert_ok(attest_kms_wire_data_key(&request, &body, NULL));
    json_object *root = read_back(&body);
    assert_common(root);
    assert_string_equal(text_of(root, "KeySpec"), "AES_256");
    assert_int_equal(json_object_object_length(root), 4);
    json_object_put(root);
}

static void test_options(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(4096);
    struct attest_kms_decrypt request = decrypt;
    json_object *value;

    (void)state;
    request.contexts = 0;
    request.dry_run = true;
    assert_ok(attest_kms_wire_decrypt(&request, &body, NULL));
    json_object *root = read_back(&body);
    assert_false(json_object_object_get_ex(root, "EncryptionContext", &value));
    assert_true(json_object_get_boolean(member(root, "DryRun")));
    json_object_put(root);
}

static void assert_no_request(struct attest_kms_decrypt request, enum attest_error expected)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(1 << 20);

    assert_error(attest_kms_wire_decrypt(&request, &body, NULL), expected);
}

#define with(member, ...)                                                                                      \
    ({                                                                                                         \
        struct attest_kms_decrypt request_ = decrypt;                                                          \
        request_.member = (__typeof__(request_.member))__VA_ARGS__;                                            \
        request_;                                                                                              \
    })

static void test_no_requests(void **state)
{
    static const struct attest_aws_pair twice[] = { { "a", "1" }, { "a", "2" } };
    static const struct attest_aws_pair latin[] = { { "a", "\xe4" }, { "b", "1" } };
    static const struct attest_aws_pair unnamed[] = { { "", "1" }, { "b", "1" } };
    static uint8_t zeros[262144];
    static char letters[ATTEST_KMS_CONTEXT_MAX + 1];
    const struct attest_aws_pair large[] = { { "a", letters }, { "b", "1" } };

    (void)state;
    memset(letters, 'x', sizeof letters - 1);
    assert_no_request(with(key_id, ""), ATTEST_USAGE);
    assert_no_request(with(key_id, letters), ATTEST_USAGE);
    assert_no_request(with(key_id, "\xff"), ATTEST_USAGE);
    assert_no_request(with(ciphertext, { 0 }), ATTEST_USAGE);
    assert_no_request(with(ciphertext, { zeros, ATTEST_KMS_CIPHERTEXT_MAX + 1 }), ATTEST_TOO_LARGE);
    assert_no_request(with(ciphertext, { zeros, ATTEST_KMS_CIPHERTEXT_MAX }), ATTEST_OK);
    assert_no_request(with(document, { 0 }), ATTEST_USAGE);
    assert_no_request(with(document, { zeros, sizeof zeros }), ATTEST_TOO_LARGE);
    assert_no_request(with(context, twice), ATTEST_USAGE);
    assert_no_request(with(context, latin), ATTEST_USAGE);
    assert_no_request(with(context, unnamed), ATTEST_USAGE);
    assert_no_request(with(context, large), ATTEST_TOO_LARGE);
}

static void test_no_data_key(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(4096);
    const struct attest_kms_data_key request = { .key_id = KEY,
                                                 .key_spec = "DES",
                                                 .document = decrypt.document };

    (void)state;
    assert_error(attest_kms_wire_data_key(&request, &body, NULL), ATTEST_USAGE);
}

struct answer {
    const char *body;
    enum attest_error error;
};

static void assert_answer(const struct answer *answer, bool wants_ciphertext)
{
    _cleanup_(attest_bytes_done) struct attest_bytes ciphertext = { 0 }, envelope = { 0 };
    struct attest_view body = attest_view_text(answer->body);
    struct attest_diag diag = { 0 };

    _cleanup_free_ uint8_t *copy = exact(body);
    print_message("%s\n", answer->body);
    assert_error(attest_kms_wire_parse((struct attest_view){ copy, body.size }, KEY,
                                       wants_ciphertext ? &ciphertext : NULL, &envelope, &diag),
                 answer->error);
    assert_null(strstr(diag.found, "c2VjcmV0"));
    if (answer->error != ATTEST_OK) {
        assert_int_equal(ciphertext.size + envelope.size, 0);
        return;
    }
    assert_text(attest_bytes_view(&envelope), "envelope");
    assert_text(attest_bytes_view(&ciphertext), wants_ciphertext ? "sealed" : "");
}

#define KEY_ID   "\"KeyId\":\"" KEY "\""
#define ENVELOPE "\"CiphertextForRecipient\":\"ZW52ZWxvcGU=\""
#define BLOB     "\"CiphertextBlob\":\"c2VhbGVk\""
#define GOOD     KEY_ID "," ENVELOPE

static void test_answers(void **state)
{
    static const struct answer answers[] = {
        { "{" GOOD "}", ATTEST_OK },
        { "{" GOOD ",\"Plaintext\":null}", ATTEST_OK },
        { "{\"Plaintext\" : \"\"," GOOD "}", ATTEST_OK },
        { "{" GOOD ",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"KeyMaterialId\":\"0\",\"New\":[{}]}",
          ATTEST_OK },
        { "{" GOOD ",\"Note\":\"\\\"Plaintext\\\":\\\"x\\\"\"}", ATTEST_OK },
        { "{" GOOD ",\"Note\":\"Plaintext\"}", ATTEST_OK },
        { "{" GOOD ",\"Plaintext\":\"c2VjcmV0\"}", ATTEST_REFUSED },
        { "{" KEY_ID ",\"Plaintext\":\"c2VjcmV0\"}", ATTEST_REFUSED },
        { "{\"Plaintext\"\r\n\t :\n \"c2VjcmV0\"", ATTEST_REFUSED }, /* before it is known to be no JSON */
        { "{" GOOD ",\"Pl\\u0061intext\":\"c2VjcmV0\"}", ATTEST_REFUSED },
        { "{" GOOD ",\"Plaintext\":1}", ATTEST_REFUSED },
        { "{" GOOD ",\"Plaintext\":[]}", ATTEST_REFUSED },
        { "{" GOOD ",\"Plaintext\":\"\",\"Plaintext\":\"c2VjcmV0\"}", ATTEST_REFUSED },
        { "{\"KeyId\":\"" OTHER "\"," ENVELOPE "}", ATTEST_REFUSED },
        { "{\"KeyId\":\"" KEY "0\"," ENVELOPE "}", ATTEST_REFUSED },
        { "{\"KeyId\":\"\"," ENVELOPE "}", ATTEST_REFUSED },
        { "{" ENVELOPE "}", ATTEST_MALFORMED },
        { "{\"KeyId\":null," ENVELOPE "}", ATTEST_MALFORMED },
        { "{\"KeyId\":[\"" KEY "\"]," ENVELOPE "}", ATTEST_MALFORMED },
        { "{" KEY_ID "}", ATTEST_MALFORMED },
        { "{" KEY_ID ",\"CiphertextForRecipient\":null}", ATTEST_MALFORMED },
        { "{" KEY_ID ",\"CiphertextForRecipient\":\"\"}", ATTEST_MALFORMED },
        { "{" KEY_ID ",\"CiphertextForRecipient\":7}", ATTEST_MALFORMED },
        { "{" KEY_ID ",\"CiphertextForRecipient\":\"ZW52ZWxvcGU\"}", ATTEST_MALFORMED },
        { "{" KEY_ID ",\"CiphertextForRecipient\":\"ZW52ZWxvcGU=\\n\"}", ATTEST_MALFORMED },
        { "{" GOOD "," KEY_ID "}", ATTEST_MALFORMED },
        { "{" GOOD "} ,", ATTEST_TRAILING },
        { "{}", ATTEST_MALFORMED },
        { "[]", ATTEST_MALFORMED },
        { "", ATTEST_MALFORMED },
        { "<html>busy</html>", ATTEST_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++)
        assert_answer(&answers[i], false);
}

static void test_answers_with_ciphertext(void **state)
{
    static const struct answer answers[] = {
        { "{" GOOD "," BLOB "}", ATTEST_OK },
        { "{" GOOD "}", ATTEST_MALFORMED },
        { "{" GOOD ",\"CiphertextBlob\":\"\"}", ATTEST_MALFORMED },
        { "{" GOOD ",\"CiphertextBlob\":\"*\"}", ATTEST_MALFORMED },
        { "{" KEY_ID "," BLOB "}", ATTEST_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++)
        assert_answer(&answers[i], true);
}

static void test_cut(void **state)
{
    const struct attest_view whole = attest_view_text("{" GOOD "," BLOB "}");

    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        _cleanup_(attest_bytes_done) struct attest_bytes envelope = { 0 };
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ whole.data, size });
        assert_true(attest_kms_wire_parse((struct attest_view){ cut, size }, KEY, NULL, &envelope, NULL) !=
                    ATTEST_OK);
    }
}

/* An answer of that many bytes in base64's "A"s. */
static enum attest_error parse_sized(size_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(1 << 20), envelope = { 0 };

    attest_bytes_append_text(&body, "{" KEY_ID ",\"CiphertextForRecipient\":\"");
    for (size_t i = 0; i < size / 3 * 4; i++)
        attest_bytes_append_u8(&body, 'A');
    attest_bytes_append_text(&body, "\"}");
    return attest_kms_wire_parse(attest_bytes_view(&body), KEY, NULL, &envelope, NULL);
}

static void test_sizes(void **state)
{
    (void)state;
    assert_ok(parse_sized(ATTEST_CMS_MAX));
    assert_error(parse_sized(ATTEST_CMS_MAX + 3), ATTEST_TOO_LARGE);
    assert_error(parse_sized(ATTEST_KMS_ANSWER_MAX), ATTEST_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decrypt),
        cmocka_unit_test(test_data_key),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_no_requests),
        cmocka_unit_test(test_no_data_key),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_answers_with_ciphertext),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests_name("kms_wire", tests, NULL, NULL);
}
