/* SPDX-License-Identifier: Apache-2.0 */
/* Can a verdict hold without every check having been made and been ok? */
#include "tests/unit/unit.h"

#include "evidence/verdict.h"

static void test_nothing_holds_by_itself(void **state)
{
    (void)state;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    assert_false(attest_verdict_holds(NULL));
    assert_false(attest_verdict_holds(verdict));
    assert_int_equal(attest_verdict_count(verdict), 0);
    assert_error(attest_verdict_finish(verdict), ATTEST_REFUSED);
    assert_false(attest_verdict_holds(verdict));
    attest_verdict_free(NULL);
}

static void test_only_finish_trusts(void **state)
{
    (void)state;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    assert_true(attest_verdict_add(verdict, true, "one", "found %d", 1));
    assert_false(attest_verdict_holds(verdict));
    assert_ok(attest_verdict_finish(verdict));
    assert_true(attest_verdict_holds(verdict));
    assert_true(attest_verdict_add(verdict, true, "two", "more"));
    assert_false(attest_verdict_holds(verdict)); /* not finished any more */
}

static void test_one_no_is_no(void **state)
{
    (void)state;
    for (size_t bad = 0; bad < 8; bad++) {
        _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
        for (size_t i = 0; i < 8; i++)
            assert_int_equal(attest_verdict_add(verdict, i != bad, "check", "%zu", i), i != bad);
        assert_error(attest_verdict_finish(verdict), ATTEST_REFUSED);
        assert_false(attest_verdict_holds(verdict));
        assert_false(attest_verdict_check(verdict, bad).ok);
    }
}

static void test_checks(void **state)
{
    char text[1000];

    (void)state;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    attest_verdict_add(verdict, true, "short", "%s", "y");
    attest_verdict_add(verdict, false, "long", "%s", text);
    assert_string_equal(attest_verdict_check(verdict, 0).name, "short");
    assert_string_equal(attest_verdict_check(verdict, 0).detail, "y");
    assert_int_equal(strlen(attest_verdict_check(verdict, 1).detail), 255);
    assert_false(attest_verdict_check(verdict, 2).ok);
    assert_string_equal(attest_verdict_check(verdict, SIZE_MAX).name, "none");
}

/* A check for which there is no room is not lost. */
static void test_too_many_checks(void **state)
{
    (void)state;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    while (attest_verdict_add(verdict, true, "check", "fine"))
        assert_true(attest_verdict_count(verdict) < 1000);
    assert_error(attest_verdict_finish(verdict), ATTEST_REFUSED);
    assert_false(attest_verdict_holds(verdict));
}

/* The checks of a part count as if they had been made in the whole. */
static void test_adopt(void **state)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *part = attest_verdict_new();

    (void)state;
    attest_verdict_add(verdict, true, "one", "1");
    assert_ok(attest_verdict_finish(verdict));
    attest_verdict_adopt(verdict, part, "part_");
    assert_int_equal(attest_verdict_count(verdict), 1);
    attest_verdict_add(part, true, "good", "2");
    attest_verdict_add(part, false, "bad", "3");
    attest_verdict_adopt(verdict, part, "part_");
    assert_false(attest_verdict_holds(verdict));
    assert_error(attest_verdict_finish(verdict), ATTEST_REFUSED);
    assert_int_equal(attest_verdict_count(verdict), 3);
    assert_string_equal(attest_verdict_check(verdict, 1).name, "part_good");
    assert_true(attest_verdict_check(verdict, 1).ok);
    assert_string_equal(attest_verdict_check(verdict, 2).name, "part_bad");
    assert_string_equal(attest_verdict_check(verdict, 2).detail, "3");
    assert_false(attest_verdict_check(verdict, 2).ok);
    for (size_t i = 0; i < 200; i++) /* more than there is room for: what is lost is no yes */
        attest_verdict_adopt(verdict, part, "");
    assert_error(attest_verdict_finish(verdict), ATTEST_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_holds_by_itself),
        cmocka_unit_test(test_only_finish_trusts),
        cmocka_unit_test(test_one_no_is_no),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_adopt),
        cmocka_unit_test(test_too_many_checks),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
