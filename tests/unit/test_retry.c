/* SPDX-License-Identifier: Apache-2.0 */
/* When to ask again: the numbers of the SDKs' standard mode, 2026, computed by hand here. */
#include "tests/unit/unit.h"

#include "aws/retry.h"

static void test_answers(void **state)
{
    static const struct {
        unsigned status;
        const char *type;
        enum attest_retry_class class;
    } cases[] = {
        { 400, "ThrottlingException", ATTEST_RETRY_THROTTLING },
        { 400, "LimitExceededException", ATTEST_RETRY_THROTTLING },
        { 503, "SlowDown", ATTEST_RETRY_THROTTLING },
        { 429, "", ATTEST_RETRY_THROTTLING },
        { 400, "RequestTimeout", ATTEST_RETRY_TRANSIENT },
        { 500, "KMSInternalException", ATTEST_RETRY_TRANSIENT },
        { 500, "DependencyTimeoutException", ATTEST_RETRY_TRANSIENT },
        { 500, "KeyUnavailableException", ATTEST_RETRY_TRANSIENT },
        { 502, "", ATTEST_RETRY_TRANSIENT },
        { 503, "", ATTEST_RETRY_TRANSIENT },
        { 504, "", ATTEST_RETRY_TRANSIENT },
        { 501, "", ATTEST_RETRY_NEVER },
        { 400, "", ATTEST_RETRY_NEVER },
        { 400, "AccessDeniedException", ATTEST_RETRY_NEVER },
        { 400, "throttlingexception", ATTEST_RETRY_NEVER },
        { 307, "", ATTEST_RETRY_NEVER },
        { 0, "", ATTEST_RETRY_NEVER },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(attest_retry_classify(cases[i].status, cases[i].type), cases[i].class);
}

static void test_faults(void **state)
{
    static const enum attest_http_fault again[] = { ATTEST_HTTP_FAULT_NAME,    ATTEST_HTTP_FAULT_CONNECT,
                                                    ATTEST_HTTP_FAULT_TIMEOUT, ATTEST_HTTP_FAULT_CUT,
                                                    ATTEST_HTTP_FAULT_TLS,     ATTEST_HTTP_FAULT_GARBAGE };
    static const enum attest_http_fault never[] = {
        ATTEST_HTTP_FAULT_NONE,        ATTEST_HTTP_FAULT_TLS_NAME,   ATTEST_HTTP_FAULT_TLS_EXPIRED,
        ATTEST_HTTP_FAULT_TLS_NOT_YET, ATTEST_HTTP_FAULT_TLS_ISSUER, ATTEST_HTTP_FAULT_ROOTS,
        ATTEST_HTTP_FAULT_OTHER
    };

    (void)state;
    for (size_t i = 0; i < COUNT(again); i++)
        assert_int_equal(attest_retry_classify_fault(again[i]), ATTEST_RETRY_TRANSIENT);
    for (size_t i = 0; i < COUNT(never); i++)
        assert_int_equal(attest_retry_classify_fault(never[i]), ATTEST_RETRY_NEVER);
    assert_int_equal(attest_retry_classify_fault((enum attest_http_fault)1000), ATTEST_RETRY_NEVER);
}

/* The bound doubles from 50 ms or a second up to 20 s; chance takes any share of it. */
static void test_delays(void **state)
{
    static const struct {
        enum attest_retry_class class;
        uint64_t bounds[12];
    } cases[] = {
        { ATTEST_RETRY_TRANSIENT, { 50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000, 20000 } },
        { ATTEST_RETRY_THROTTLING,
          { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000, 20000, 20000, 20000, 20000 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_retry retry = attest_retry_init(100);
        attest_retry_begin(&retry);
        for (size_t n = 0; n < COUNT(cases[i].bounds); n++) {
            struct attest_retry same = retry;
            uint64_t least = 1, half = 0, most = 0;
            assert_true(attest_retry_again(&same, cases[i].class, 0, 0, &least));
            same = retry;
            assert_true(attest_retry_again(&same, cases[i].class, UINT32_MAX / 2 + 1, 0, &half));
            assert_true(attest_retry_again(&retry, cases[i].class, UINT32_MAX, 0, &most));
            assert_int_equal(least, 0);
            assert_int_equal(half, cases[i].bounds[n] / 2);
            assert_int_equal(most, cases[i].bounds[n] - 1);
        }
    }
}

static void test_attempts(void **state)
{
    struct attest_retry retry = attest_retry_init(3);
    uint64_t delay = 42;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        attest_retry_begin(&retry);
        assert_true(attest_retry_again(&retry, ATTEST_RETRY_TRANSIENT, 0, 0, &delay));
        assert_true(attest_retry_again(&retry, ATTEST_RETRY_TRANSIENT, 0, 0, &delay));
        delay = 42;
        assert_false(attest_retry_again(&retry, ATTEST_RETRY_TRANSIENT, 0, 0, &delay));
        assert_int_equal(delay, 42);
    }
    attest_retry_begin(&retry);
    assert_false(attest_retry_again(&retry, ATTEST_RETRY_NEVER, 0, 0, &delay));
}

/* 500 to spend: 14 or 5 for a retry, of which success gives back the last, or 1 where there was none. */
static void test_quota(void **state)
{
    struct attest_retry retry = attest_retry_init(1000);
    uint64_t delay;

    (void)state;
    attest_retry_begin(&retry);
    for (size_t i = 0; i < 35; i++)
        assert_true(attest_retry_again(&retry, ATTEST_RETRY_TRANSIENT, 0, 0, &delay));
    assert_int_equal(retry.quota, 10);
    assert_false(attest_retry_again(&retry, ATTEST_RETRY_TRANSIENT, 0, 0, &delay));
    assert_true(attest_retry_again(&retry, ATTEST_RETRY_THROTTLING, 0, 0, &delay));
    assert_int_equal(retry.quota, 5);
    attest_retry_succeed(&retry);
    assert_int_equal(retry.quota, 10);
    attest_retry_begin(&retry);
    attest_retry_succeed(&retry);
    assert_int_equal(retry.quota, 11);
    for (size_t i = 0; i < 1000; i++)
        attest_retry_succeed(&retry);
    assert_int_equal(retry.quota, 500);
}

/* What the server asks for counts from our own delay to five seconds beyond. */
static void test_after(void **state)
{
    static const struct {
        uint64_t asked, delay;
    } cases[] = {
        { 0, 500 }, { 499, 500 }, { 501, 501 }, { 5500, 5500 }, { 5501, 5500 }, { UINT64_MAX, 5500 }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_retry retry = attest_retry_init(3);
        uint64_t delay = 0;
        attest_retry_begin(&retry);
        assert_true(
            attest_retry_again(&retry, ATTEST_RETRY_THROTTLING, UINT32_MAX / 2 + 1, cases[i].asked, &delay));
        assert_int_equal(delay, cases[i].delay);
    }
}

static void test_fields(void **state)
{
    static const struct {
        const char *amz, *plain;
        uint64_t after;
    } cases[] = {
        { "", "", 0 },        { "1500", "", 1500 }, { "1500", "7", 1500 }, { "", "7", 7000 },
        { "-1", "7", 7000 },  { "1.5", "", 0 },     { "x", "y", 0 },       { "99999999999999999999", "", 0 },
        { "", "Sun, 06", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_http_response response = { 0 };
        strcpy(response.field[ATTEST_HTTP_FIELD_AMZ_RETRY_AFTER], cases[i].amz);
        strcpy(response.field[ATTEST_HTTP_FIELD_RETRY_AFTER], cases[i].plain);
        assert_int_equal(attest_retry_after(&response), cases[i].after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),  cmocka_unit_test(test_faults), cmocka_unit_test(test_delays),
        cmocka_unit_test(test_attempts), cmocka_unit_test(test_quota),  cmocka_unit_test(test_after),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
