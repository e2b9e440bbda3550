/* SPDX-License-Identifier: Apache-2.0 */
/* What AWS's refusals say, in every form that its services have, and what they cannot make us say. */
#include "tests/unit/unit.h"

#include "aws/errorbody.h"

#define LONG_NAME "Aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static void test_forms(void **state)
{
    static const struct {
        const char *body, *header, *type, *message;
    } cases[] = {
        { "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}", "", "AccessDeniedException", "no" },
        { "{\"__type\":\"com.amazonaws.kms#NotFoundException\",\"message\":\"no\"}", "", "NotFoundException",
          "no" },
        { "{\"__type\":\"a#b#c\"}", "", "", "" },
        { "{\"__type\":\"Name:http://x.example/#y\"}", "", "Name", "" },
        { "{\"__type\":\"ns#Name:http://internal.example/coral/\"}", "", "Name", "" },
        { "{\"code\":\"Name\",\"message\":\"no\"}", "", "Name", "no" },
        { "{\"message\":\"no\"}", "ValidationException:http://x.example/", "ValidationException", "no" },
        { "{\"__type\":\"A\"}", "B", "A", "" },
        { "{\"__type\":7,\"message\":{}}", "B", "B", "" },
        { "{\"__type\":\"\"}", "B", "B", "" },
        { "{\"__type\":\"#\"}", "", "", "" },
        { "{\"__type\":\"a b\"}", "", "", "" },
        { "{\"__type\":\"a\\nb\"}", "", "", "" },
        { "{\"__type\":\"a\\u0000b\"}", "", "", "" },
        { "{\"__type\":\"" LONG_NAME "\"}", "", LONG_NAME, "" },
        { "{\"__type\":\"" LONG_NAME "h\"}", "", "", "" },
        { "{\"message\":\"a\\tb\\u001b[31m\\u00e4\"}", "", "", "a?b?[31m??" },
        { "{\"message\":\"does not match.\\n\\nThe Canonical String\\nx-amz-security-token:T\"}", "", "",
          "does not match." },
        { "<Error><Message>\n no\r\nmore</Message></Error>", "", "", "no" },
        { "<html>busy</html>", "", "", "" },
        { "<html>busy</html>", "ThrottlingException", "ThrottlingException", "" },
        { "", "", "", "" },
        { "{", "", "", "" },
        { "[]", "", "", "" },
        { "{\"__type\":\"A\",\"__type\":\"B\"}", "", "", "" },
        { "", "a b", "", "" },
        { "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>no</Message></Error>", "",
          "NoSuchKey", "no" },
        { "<Error><Code>SlowDown</Code></Error>", "", "SlowDown", "" },
        { "<Error><Code>a b</Code><Message>a\x1b</Message></Error>", "", "", "a?" },
        { "<Error><Code>Cut</Cod", "", "", "" },
        { "<Error><Code></Code></Error>", "B", "B", "" },
        { "</Code>Name<Code>", "", "", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_aws_outcome outcome = { .type = "before", .message = "before" };
        _cleanup_free_ uint8_t *body = exact(attest_view_text(cases[i].body));
        attest_errorbody_read((struct attest_view){ body, strlen(cases[i].body) }, cases[i].header, &outcome);
        assert_string_equal(outcome.type, cases[i].type);
        assert_string_equal(outcome.message, cases[i].message);
    }
}

static void test_every_cut(void **state)
{
    static const char whole[] = "{\"__type\":\"ns#Name:http://x.example/\",\"message\":\"text\"}";

    (void)state;
    for (size_t size = 0; size < strlen(whole); size++) {
        struct attest_aws_outcome outcome = { 0 };
        _cleanup_free_ uint8_t *body = exact((struct attest_view){ (const uint8_t *)whole, size });
        attest_errorbody_read((struct attest_view){ body, size }, "", &outcome);
        assert_string_equal(outcome.type, "");
        assert_string_equal(outcome.message, "");
    }
}

/* A long message is cut, a body over the limit is not looked at. */
static void test_sizes(void **state)
{
    struct attest_aws_outcome outcome = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(1 << 20);

    (void)state;
    attest_bytes_append_text(&body, "{\"__type\":\"A\",\"message\":\"");
    memset(attest_bytes_extend(&body, 4000), 'x', 4000);
    attest_bytes_append_text(&body, "\"}");
    attest_errorbody_read(attest_bytes_view(&body), "", &outcome);
    assert_string_equal(outcome.type, "A");
    assert_int_equal(strlen(outcome.message), sizeof outcome.message - 1);
    assert_string_equal(outcome.message + sizeof outcome.message - 4, "...");
    memset(attest_bytes_extend(&body, ATTEST_ERRORBODY_MAX), ' ', ATTEST_ERRORBODY_MAX);
    attest_errorbody_read(attest_bytes_view(&body), "", &outcome);
    assert_string_equal(outcome.type, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests_name("errorbody", tests, NULL, NULL);
}
