/* SPDX-License-Identifier: Apache-2.0 */
/* Is everything that was answered counted, once, under its path and status, in Prometheus's format? */
#include "tests/unit/requests.h"

static char *render(void)
{
    struct request *request = request_new(&test_daemon, DOOR_PUBLIC);
    struct attest_diag diag = { 0 };

    assert_ok(api_metrics_answer(request, &diag));
    char *text = strndup((const char *)request->answer.data, request->answer.size);
    assert_non_null(text);
    request_unref(request);
    return text;
}

static void test_answers(void **state)
{
    (void)state;
    memset(&test_metrics, 0, sizeof test_metrics);
    for (int i = 0; i < 3; i++)
        metrics_count_answer(&test_metrics, routes_find("/v1/quote"), 200);
    metrics_count_answer(&test_metrics, routes_find("/v1/quote"), 503);
    metrics_count_answer(&test_metrics, NULL, 404);
    _cleanup_free_ char *text = render();
    assert_non_null(strstr(text, "\nattestd_requests_total{path=\"/v1/quote\",code=\"200\"} 3\n"));
    assert_non_null(strstr(text, "\nattestd_requests_total{path=\"/v1/quote\",code=\"503\"} 1\n"));
    assert_non_null(strstr(text, "\nattestd_requests_total{path=\"other\",code=\"404\"} 1\n"));
    assert_null(strstr(text, "/v1/pcrs"));
}

/* Of every status that there is a title for, and every path. */
static void test_nothing_is_lost(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++)
        for (unsigned status = 100; status < 600; status++) {
            if (status != 200 && strcmp(response_title(status), "Error") == 0)
                continue;
            char line[128];
            memset(&test_metrics, 0, sizeof test_metrics);
            metrics_count_answer(&test_metrics, route, status);
            snprintf(line, sizeof line, "{path=\"%s\",code=\"%u\"} 1\n", route->path, status);
            _cleanup_free_ char *text = render();
            assert_non_null(strstr(text, line));
        }
}

static void test_format(void **state)
{
    (void)state;
    test_metrics.connections = 5;
    test_metrics.refused = UINT64_MAX;
    _cleanup_free_ char *text = render();
    assert_non_null(strstr(text, "# TYPE attestd_connections gauge\nattestd_connections 5\n"));
    assert_non_null(strstr(text, "attestd_connections_refused_total 18446744073709551615\n"));
    assert_non_null(strstr(text, "attestd_tpm_up 0\n"));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        assert_true(strncmp(line, "# ", 2) == 0 || strncmp(line, "attestd_", 8) == 0);
        assert_non_null(strchr(line, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests_name("metrics", tests, start_worker, stop_worker);
}
