/* SPDX-License-Identifier: Apache-2.0 */
/* Is each error the status that interface and RFC 9457 give it, with what was expected? */
#include "tests/unit/requests.h"

#include "base/error.h"

static void assert_member(const struct attest_json *json, const char *name, const char *expected)
{
    struct attest_view text;

    assert_int_equal(attest_json_text(attest_json_member(json, name), &text), expected != NULL);
    if (expected)
        assert_text(text, expected);
}

static void test_status(void **state)
{
    static const struct {
        enum attest_error error;
        unsigned status;
    } table[] = {
        { ATTEST_OK, 200 },          { ATTEST_USAGE, 400 },        { ATTEST_MALFORMED, 400 },
        { ATTEST_TRUNCATED, 400 },   { ATTEST_UNSUPPORTED, 400 },  { ATTEST_DENIED, 403 },
        { ATTEST_TOO_LARGE, 413 },   { ATTEST_BUSY, 429 },         { ATTEST_TPM_LOST, 503 },
        { ATTEST_TPM_TIMEOUT, 503 }, { ATTEST_TPM_UNSTABLE, 503 }, { ATTEST_TPM_HANDLE_TAKEN, 503 },
        { ATTEST_MEMORY, 500 },      { ATTEST_INTERNAL, 500 },     { (enum attest_error)999, 500 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(response_status(table[i].error), table[i].status);
        assert_true(table[i].status == 200 || strcmp(response_title(table[i].status), "Error") != 0);
    }
}

static void test_problem(void **state)
{
    struct request *request = request_new(&test_daemon, DOOR_PUBLIC);
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    struct attest_diag diag = { 0 };
    uint64_t number = 0;

    (void)state;
    params_blame(&request->problem, "nonce");
    request->problem.has_length = true;
    request->problem.got_length = 3;
    response_fail(request, attest_fail(&diag, ATTEST_MALFORMED, "\"3\"\n", "16 to %d", 66), &diag);
    json = parse_answer(request);
    assert_int_equal(request->status, 400);
    assert_int_equal(request->retry_after, 0);
    assert_string_equal(request->content_type, "application/problem+json");
    assert_member(json, "type", "urn:attestd:malformed");
    assert_member(json, "title", "Bad Request");
    assert_member(json, "detail", "expected 16 to 66, found \"3\"?");
    assert_member(json, "parameter", "nonce");
    assert_member(json, "expected", "16 to 66");
    assert_true(attest_json_unsigned(attest_json_member(json, "status"), &number) && number == 400);
    assert_true(attest_json_unsigned(attest_json_member(json, "got_length"), &number) && number == 3);
    request_unref(request);
}

/* Replaces what was written of an answer before; says when to come again. */
static void test_retry_after(void **state)
{
    static const enum attest_error errors[] = { ATTEST_TPM_LOST, ATTEST_BUSY };

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct request *request = request_new(&test_daemon, DOOR_PUBLIC);
        struct attest_diag diag = { 0 };
        attest_bytes_append_text(&request->answer, "half an answer");
        response_fail(request, errors[i], &diag);
        _cleanup_(attest_json_cleanup) struct attest_json *json = parse_answer(request);
        assert_member(json, "detail", attest_error_sentence(errors[i]));
        assert_member(json, "parameter", NULL);
        assert_member(json, "expected", NULL);
        assert_in_range(request->retry_after, 1, 6);
        request_unref(request);
    }
}

static void test_refuse(void **state)
{
    static const unsigned statuses[] = { 400, 403, 404, 405, 411, 413, 415 };

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        struct request *request = request_new(&test_daemon, DOOR_TCP);
        response_refuse(request, statuses[i], i % 2 ? "this" : NULL, "100% of that %s");
        _cleanup_(attest_json_cleanup) struct attest_json *json = parse_answer(request);
        assert_int_equal(request->status, statuses[i]);
        assert_member(json, "type",
                      statuses[i] == 403   ? "urn:attestd:refused"
                      : statuses[i] == 413 ? "urn:attestd:limit"
                                           : "urn:attestd:usage");
        assert_member(json, "expected", "100% of that %s");
        assert_member(json, "title", response_title(statuses[i]));
        request_unref(request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_problem),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_refuse),
    };
    return cmocka_run_group_tests_name("response", tests, start_worker, stop_worker);
}
