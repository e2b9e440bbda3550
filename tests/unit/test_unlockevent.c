/* SPDX-License-Identifier: Apache-2.0 */
/* Which PCRs, which names, and which bytes? Beside what stands in attestd-api(7). */
#include "tests/unit/unit.h"

#include "evidence/unlockevent.h"

static const uint8_t digest[48] = { 0xab, [47] = 0xcd };

static void test_pcrs(void **state)
{
    (void)state;
    for (unsigned pcr = 0; pcr < 300; pcr++)
        assert_int_equal(attest_unlockevent_is_allowed(pcr), pcr == 14 || (pcr >= 17 && pcr <= 22));
}

static void test_names(void **state)
{
    static const char *const good[] = { "a", "A-b_c.9", "-", "_" }, *const bad[] = { "",    ".",   ".a",
                                                                                     "a/b", "a b", "\xc3\xa4" };
    char longest[130];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(attest_unlockevent_is_name(attest_view_text(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(attest_unlockevent_is_name(attest_view_text(bad[i])));
    assert_false(attest_unlockevent_is_name((struct attest_view){ (const uint8_t *)"a\0b", 3 }));
    memset(longest, 'x', sizeof longest);
    assert_true(attest_unlockevent_is_name((struct attest_view){ (const uint8_t *)longest, 128 }));
    assert_false(attest_unlockevent_is_name((struct attest_view){ (const uint8_t *)longest, 129 }));
}

static void test_events(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes event = attest_bytes_init(0),
                                                     config = attest_bytes_init(0);

    (void)state;
    assert_ok(attest_unlockevent_write(attest_view_text("db"), attest_view_of(digest), &event));
    assert_int_equal(event.size, 14 + 1 + 2 + 1 + 48);
    assert_memory_equal(event.data, "attestd-secret\0db\0\xab", 19);
    assert_ok(attest_unlockevent_write((struct attest_view){ 0 }, attest_view_of(digest), &config));
    assert_int_equal(config.size, 14 + 1 + 48);
    assert_memory_equal(config.data, "attestd-config\0\xab", 16);
    assert_text(attest_unlockevent_cap(), "attestd-cap");
}

static void test_wrong(void **state)
{
    struct attest_bytes event = attest_bytes_init(0);

    (void)state;
    assert_error(attest_unlockevent_write(attest_view_text("."), attest_view_of(digest), &event),
                 ATTEST_INTERNAL);
    for (size_t size = 0; size < sizeof digest; size++)
        assert_error(
            attest_unlockevent_write(attest_view_text("a"), (struct attest_view){ digest, size }, &event),
            ATTEST_INTERNAL);
    assert_null(event.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_pcrs), cmocka_unit_test(test_names),
                                        cmocka_unit_test(test_events), cmocka_unit_test(test_wrong) };

    return cmocka_run_group_tests_name("unlockevent", tests, NULL, NULL);
}
