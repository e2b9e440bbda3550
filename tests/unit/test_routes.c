/* SPDX-License-Identifier: Apache-2.0 */
/* Does the table keep to what its readers take for granted? (Who is let in by it: test_admit.c.) */
#include "tests/unit/unit.h"

#include "daemon/metrics.h"
#include "daemon/routes.h"

static void test_table(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct route *route = routes; route->path; route++, count++) {
        assert_ptr_equal(routes_find(route->path), route); /* so none comes twice */
        assert_non_null(route->answer);
        assert_non_null(route->summary);
        assert_non_null(route->content_type);
        assert_true(route->methods != 0 && (route->methods & ~(unsigned)METHODS_BOTH) == 0);
        assert_true(route->doors != 0 && (route->doors & ~(unsigned)DOORS_ALL) == 0);
        assert_int_equal(route->get_doors & ~route->doors, 0);
        assert_int_equal(route->methods & METHOD_GET ? 1 : 0, route->get_doors != 0);
        /* a browser can send a GET: only that of health tells it nothing */
        assert_true(!(route->get_doors & DOOR_TCP) || route->endpoint == ENDPOINT_HEALTH);
        assert_true(route->endpoint < ENDPOINTS);
    }
    assert_true(count < METRICS_ROUTES); /* the last row is for the other paths */
}

static void test_find(void **state)
{
    static const char *const unknown[] = { "",         "/",        "/v1",        "/v1/",
                                           "v1/quote", "/v1/quot", "/v1/quotes", "/V1/QUOTE" };

    (void)state;
    for (size_t i = 0; i < COUNT(unknown); i++)
        assert_null(routes_find(unknown[i]));
    assert_int_equal(routes_find("/v1/ak/activate")->endpoint, ENDPOINT_AK_ACTIVATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_find) };

    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
