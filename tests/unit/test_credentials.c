/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials as IMDS and container endpoints write them, every way not to be some, and who holds them. */
#include "tests/unit/unit.h"

#include "aws/credentials_read.h"

#define ID     "\"AccessKeyId\":\"ASIAIOSFODNN7EXAMPLE\""
#define SECRET "\"SecretAccessKey\":\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\""
#define TOKEN  "\"Token\":\"IQoJb3JpZ2luX2VjEXAMPLE==\""
#define END    "\"Expiration\":\"2026-11-25T19:12:02Z\""
#define END_MS 1795633922000u

static const char imds[] = "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"2026-11-25T13:12:02Z\",\n  "
                           "\"Type\" : \"AWS-HMAC\",\n  " ID ", " SECRET ", " TOKEN ", " END "\n}";

static void assert_secret(struct attest_secret *secret, const char *text)
{
    assert_non_null(secret);
    assert_text((struct attest_view){ attest_secret_data(secret), attest_secret_size(secret) }, text);
}

static void test_read(void **state)
{
    static const char *const texts[] = {
        imds,
        "{" ID "," SECRET "," TOKEN "," END "}",
        "{\"RoleArn\":\"arn:aws:iam::111122223333:role/x\"," ID "," SECRET "," TOKEN "," END "}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        _cleanup_(attest_credentials_cleanup) struct attest_credentials *credentials = NULL;
        assert_ok(attest_credentials_read(attest_view_text(texts[i]), &credentials, NULL));
        assert_string_equal(attest_credentials_access_key_id(credentials), "ASIAIOSFODNN7EXAMPLE");
        assert_secret(attest_credentials_secret_access_key(credentials),
                      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        assert_secret(attest_credentials_session_token(credentials), "IQoJb3JpZ2luX2VjEXAMPLE==");
        assert_true(attest_credentials_expiration_ms(credentials) == END_MS);
    }
}

static void assert_refused(struct attest_view text, enum attest_error error)
{
    struct attest_credentials *untouched = NULL;
    struct attest_diag diag = { 0 };

    assert_error(attest_credentials_read(text, &untouched, &diag), error);
    assert_null(untouched);
    assert_null(strstr(diag.found, "wJalr"));
    assert_null(strstr(diag.expected, "wJalr"));
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        enum attest_error error;
    } cases[] = {
        { "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"x\"}", ATTEST_REMOTE },
        { "{\"Code\":\"Failed\"," ID "," SECRET "," TOKEN "," END "}", ATTEST_REMOTE },
        { "{\"Code\":1," ID "," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{}", ATTEST_MALFORMED },
        { "[]", ATTEST_MALFORMED },
        { "", ATTEST_MALFORMED },
        { "{" SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{" ID "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{" ID "," SECRET "," END "}", ATTEST_MALFORMED },
        { "{" ID "," SECRET "," TOKEN "}", ATTEST_MALFORMED },
        { "{" ID "," ID "," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{" ID "," SECRET "," TOKEN ",\"Expiration\":\"soon\"}", ATTEST_MALFORMED },
        { "{" ID "," SECRET "," TOKEN ",\"Expiration\":null}", ATTEST_MALFORMED },
        { "{" ID "," SECRET "," TOKEN ",\"Expiration\":1795633922}", ATTEST_MALFORMED },
        { "{\"AccessKeyId\":\"\"," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{\"AccessKeyId\":\"A/B\"," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{\"AccessKeyId\":\"A\\r\\nX: y\"," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{\"AccessKeyId\":\"A\\u0000\"," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{\"AccessKeyId\":7," SECRET "," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{" ID ",\"SecretAccessKey\":\"\"," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{" ID ",\"SecretAccessKey\":\"wJalr \"," TOKEN "," END "}", ATTEST_MALFORMED },
        { "{" ID "," SECRET ",\"Token\":\"\"," END "}", ATTEST_MALFORMED },
        { "{" ID "," SECRET ",\"Token\":\"a\\r\\nX-Evil: 1\"," END "}", ATTEST_MALFORMED },
        { "{" ID "," SECRET ",\"Token\":\"\\u00e4\"," END "}", ATTEST_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_refused(attest_view_text(cases[i].text), cases[i].error);
}

static void test_every_cut(void **state)
{
    (void)state;
    for (size_t size = 0; size < strlen(imds); size++) {
        _cleanup_free_ uint8_t *copy = exact((struct attest_view){ (const uint8_t *)imds, size });
        assert_refused((struct attest_view){ copy, size }, ATTEST_MALFORMED);
    }
}

static void test_too_large(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(1 << 20);

    (void)state;
    attest_bytes_append_text(&text, imds);
    memset(attest_bytes_extend(&text, ATTEST_CREDENTIALS_JSON_MAX), ' ', ATTEST_CREDENTIALS_JSON_MAX);
    assert_refused(attest_bytes_view(&text), ATTEST_TOO_LARGE);
}

/* They live until the last one lets go; a sanitizer would see it otherwise. */
static void test_shared(void **state)
{
    struct attest_credentials *one = NULL;

    (void)state;
    assert_ok(attest_credentials_read(attest_view_text(imds), &one, NULL));
    struct attest_credentials *other = attest_credentials_share(one);
    attest_credentials_release(one);
    assert_secret(attest_credentials_session_token(other), "IQoJb3JpZ2luX2VjEXAMPLE==");
    attest_credentials_release(other);
    attest_credentials_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),      cmocka_unit_test(test_refused), cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_too_large), cmocka_unit_test(test_shared),
    };
    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
