/* SPDX-License-Identifier: Apache-2.0 */
/* Is every route in the description, with its methods and parameters, and nothing else? (That it is
 * OpenAPI 3.1, and that answers keep to it: tests/integration/openapi.py.) */
#include "tests/unit/requests.h"

static struct attest_json *describe(void)
{
    struct request *request = request_new(&test_daemon, DOOR_PUBLIC);
    struct attest_diag diag = { 0 };

    assert_ok(api_openapi_answer(request, &diag));
    struct attest_json *json = parse_answer(request);
    request_unref(request);
    return json;
}

static const struct attest_json *find(const struct attest_json *json, const char *const names[])
{
    for (size_t i = 0; names[i]; i++)
        json = attest_json_member(json, names[i]);
    return json;
}

#define member(json, ...) find(json, (const char *const[]){ __VA_ARGS__, NULL })

static void test_paths(void **state)
{
    _cleanup_(attest_json_cleanup) struct attest_json *json = describe();
    const char *paths[METRICS_ROUTES + 1] = { 0 };
    size_t count = 0;

    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const struct attest_json *path = member(json, "paths", route->path);
        assert_int_equal(member(path, "get") != NULL, (route->methods & METHOD_GET) != 0);
        assert_int_equal(member(path, "post") != NULL, (route->methods & METHOD_POST) != 0);
        paths[count++] = route->path;
    }
    assert_ok(attest_json_only(member(json, "paths"), paths, NULL));
}

static void test_parameters(void **state)
{
    _cleanup_(attest_json_cleanup) struct attest_json *json = describe();

    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const struct attest_json *parameters = member(json, "paths", route->path, "get", "parameters");
        const struct attest_json *properties = member(json, "paths", route->path, "post", "requestBody",
                                                      "content", "application/json", "schema", "properties");
        const char *names[PARAMS_MAX + 1] = { 0 };
        for (size_t i = 0; route->params[i].name; i++) {
            struct attest_view name;
            names[i] = route->params[i].name;
            if (parameters) {
                assert_true(attest_json_text(member(attest_json_element(parameters, i), "name"), &name));
                assert_text(name, names[i]);
            }
            assert_int_equal(member(properties, names[i]) != NULL, properties != NULL);
        }
        if (properties)
            assert_ok(attest_json_only(properties, names, NULL));
    }
}

/* What the nonce's row says. */
static void test_nonce(void **state)
{
    _cleanup_(attest_json_cleanup) struct attest_json *json = describe();
    const struct attest_json *nonce = member(json, "paths", "/v1/quote", "post", "requestBody", "content",
                                             "application/json", "schema", "properties", "nonce");
    uint64_t least = 0, most = 0;

    (void)state;
    assert_true(attest_json_unsigned(member(nonce, "minLength"), &least));
    assert_true(attest_json_unsigned(member(nonce, "maxLength"), &most));
    assert_int_equal(least, 32);
    assert_int_equal(most, 132);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_nonce),
    };
    return cmocka_run_group_tests_name("openapi", tests, NULL, NULL);
}
