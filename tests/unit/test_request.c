/* SPDX-License-Identifier: Apache-2.0 */
/* Is a request kept as long as anybody holds it, and then all of it given back? (A sanitizer sees the rest.) */
#include "tests/unit/requests.h"

static void test_references(void **state)
{
    struct request *request = request_new(&test_daemon, DOOR_PUBLIC);

    (void)state;
    assert_non_null(request);
    assert_int_equal(test_config.references, 2);
    request->job.ref(&request->job);
    request_unref(request);
    assert_int_equal(test_config.references, 2);
    attest_bytes_append_text(&request->body, "body");
    attest_bytes_append_text(&request->answer, "answer");
    request->bytes = attest_bytes_init(10);
    attest_bytes_append_text(&request->bytes, "bytes");
    request->params.values[0].bytes = attest_bytes_init(10);
    attest_bytes_append_text(&request->params.values[0].bytes, "value");
    request->job.unref(&request->job);
    assert_int_equal(test_config.references, 1);
    request_unref(NULL);
}

static void test_identity(void **state)
{
    struct tpm_identity *first = calloc(1, sizeof *first), *second = calloc(1, sizeof *second);
    struct request *request = request_new(&test_daemon, DOOR_PUBLIC);
    struct tpm_session session = { .identity = first };

    (void)state;
    first->references = second->references = 1;
    request_identify(request, &session);
    request_identify(request, &session); /* as when work runs twice */
    assert_int_equal(first->references, 2);
    session.identity = second;
    request_identify(request, &session);
    assert_int_equal(first->references, 1);
    assert_ptr_equal(request->identity, second);
    request_unref(request);
    assert_int_equal(second->references, 1);
    tpm_identity_unref(first);
    tpm_identity_unref(second);
}

static void test_urgent(void **state)
{
    static const enum door doors[] = { DOOR_PUBLIC, DOOR_UNLOCK, DOOR_TCP };

    (void)state;
    for (size_t i = 0; i < COUNT(doors); i++) {
        struct request *request = request_new(&test_daemon, doors[i]);
        assert_int_equal(request->job.urgent, doors[i] == DOOR_UNLOCK);
        request_unref(request);
    }
}

static void test_body_is_bounded(void **state)
{
    struct request *request = request_new(&test_daemon, DOOR_PUBLIC);
    static const uint8_t chunk[16 << 10];

    (void)state;
    attest_bytes_append(&request->body, attest_view_of(chunk));
    assert_ok(attest_bytes_check(&request->body));
    attest_bytes_append_u8(&request->body, 0);
    assert_error(attest_bytes_check(&request->body), ATTEST_TOO_LARGE);
    request_unref(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_urgent),
        cmocka_unit_test(test_body_is_bounded),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
