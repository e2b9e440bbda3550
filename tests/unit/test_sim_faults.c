/* SPDX-License-Identifier: Apache-2.0 */
/* Do faults strike as often, and those commands, as they were told to; and is what can't be understood refused?
 */
#include "tests/unit/unit.h"

#include "swtpm-harness/nitrotpm-sim/faults.h"

#define VENDOR 0x20000001u
#define OTHER  0x17bu

static void test_default_command(void **state)
{
    struct faults faults = { 0 };

    (void)state;
    assert_ok(faults_set(&faults, "busy", NULL));
    assert_ok(faults_set(&faults, "delay=5", NULL));
    assert_null(faults_take(&faults, FAULT_BUSY, OTHER));
    assert_non_null(faults_take(&faults, FAULT_BUSY, VENDOR));
    assert_int_equal(faults_take(&faults, FAULT_DELAY, OTHER)->value, 5);
    assert_int_equal(faults_take(&faults, FAULT_DELAY, VENDOR)->value, 5);
    assert_null(faults_take(&faults, FAULT_LOST, VENDOR));
}

static void test_count(void **state)
{
    struct faults faults = { 0 };

    (void)state;
    assert_ok(faults_set(&faults, "fail=0x101,count=2,on=0x17b", NULL));
    for (int i = 0; i < 2; i++) {
        assert_null(faults_take(&faults, FAULT_FAIL, VENDOR)); /* not counted */
        assert_int_equal(faults_take(&faults, FAULT_FAIL, OTHER)->value, 0x101);
    }
    assert_null(faults_take(&faults, FAULT_FAIL, OTHER));
    assert_ok(faults_set(&faults, "lost,on=any,count=1", NULL));
    assert_non_null(faults_take(&faults, FAULT_LOST, 1));
    assert_null(faults_take(&faults, FAULT_LOST, 1));
}

static void test_clear(void **state)
{
    struct faults faults = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes list = attest_bytes_init(1000);

    (void)state;
    assert_ok(faults_set(&faults, "skew=-5,count=3", NULL));
    assert_ok(faults_set(&faults, "nsm-error=InvalidIndex", NULL));
    assert_ok(faults_set(&faults, "slow=10,on=any", NULL));
    assert_ok(faults_clear(&faults, "nsm-error", NULL));
    faults_append(&faults, &list);
    assert_text(attest_bytes_view(&list), "slow=10,on=any\nskew=-5,count=3,on=0x20000001\n");
    assert_ok(faults_clear(&faults, NULL, NULL));
    attest_bytes_done(&list);
    faults_append(&faults, &list);
    assert_int_equal(list.size, 0);
    assert_error(faults_clear(&faults, "nothing", NULL), ATTEST_USAGE);
}

/* A refused one leaves what was there. */
static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        ",",
        "=",
        "nothing",
        "busy=",
        "busy=1",
        "busy,",
        "busy,count",
        "busy,count=0",
        "busy,count=x",
        "busy,count=4294967296",
        "busy,on=",
        "busy,on=0",
        "busy,on=all",
        "slow",
        "slow=",
        "slow=-1",
        "slow= 1",
        "slow=1s",
        "slow=3600001",
        "slow=99999999999999999999",
        "skew=25920001",
        "skew=-25920001",
        "fail=0",
        "fail=0x100000000",
        "nsm-error",
        "nsm-error=Success",
        "nsm-error=InvalidIndexInvalidIndexInvalidIndex",
        "busy,count=1,on=any,more",
    };
    struct faults faults = { 0 };

    (void)state;
    assert_ok(faults_set(&faults, "slow=7", NULL));
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct attest_diag diag = { 0 };
        assert_error(faults_set(&faults, texts[i], &diag), ATTEST_USAGE);
        assert_true(diag.expected[0] != '\0');
        assert_null(faults_take(&faults, FAULT_BUSY, VENDOR));
        assert_int_equal(faults_take(&faults, FAULT_SLOW, VENDOR)->value, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_command),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
