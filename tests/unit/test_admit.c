/* SPDX-License-Identifier: Apache-2.0 */
/* Every door, path and method, and every header that matters: who is let in, and what are the others told? */
#include "tests/unit/unit.h"

#include "daemon/admit.h"

static struct config config;
static struct daemon_state state_of_daemon = { .config = &config };

static int set_up(void **state)
{
    (void)state;
    config = (struct config){ .references = 1 };
    for (int i = 0; i < ENDPOINTS; i++)
        config.access[i].kind = ACCESS_DOOR;
    return 0;
}

/* A request that nothing is wrong with. */
static struct request_head make_head(enum door door, const char *method, const char *path)
{
    return (struct request_head){
        .path = path,
        .method = method,
        .door = door,
        .fd = -1,
        .host = "localhost",
        .content_type = strcmp(method, "POST") == 0 ? "application/json" : NULL,
        .content_length = strcmp(method, "POST") == 0 ? "2" : NULL,
        .content_lengths = strcmp(method, "POST") == 0,
    };
}

/* 0 if it is admitted, else the status. */
static unsigned ask(const struct request_head *head)
{
    struct request *request = request_new(&state_of_daemon, head->door);

    assert_non_null(request);
    bool admitted = admit(request, head);
    unsigned status = request->status;
    assert_int_equal(admitted, status == 0);
    if (admitted) {
        assert_string_equal(request->route->path, head->path);
        assert_ptr_equal(request->params.table, request->route->params);
    } else {
        assert_true(request->answer.size > 0);
        assert_string_equal(request->content_type, "application/problem+json");
    }
    assert_int_equal(request->allow != NULL, status == 405);
    request_unref(request);
    return status;
}

static unsigned ask_plain(enum door door, const char *method, const char *path)
{
    struct request_head head = make_head(door, method, path);

    return ask(&head);
}

static const enum door doors[] = { DOOR_PUBLIC, DOOR_UNLOCK, DOOR_TCP };

/* Of the three doors, for GET and POST: interface.md's table, written out. */
static void test_doors_and_methods(void **state)
{
    static const struct {
        const char *path;
        unsigned get[3], post[3];
    } table[] = {
        { "/v1/health", { 0, 0, 0 }, { 405, 405, 405 } },
        { "/v1/status", { 0, 0, 405 }, { 0, 0, 0 } },
        { "/v1/pcrs", { 0, 0, 405 }, { 0, 0, 0 } },
        { "/v1/quote", { 0, 0, 405 }, { 0, 0, 0 } },
        { "/v1/ak", { 0, 0, 405 }, { 0, 0, 0 } },
        { "/v1/ak/activate", { 405, 405, 403 }, { 0, 0, 403 } },
        { "/v1/ek", { 0, 0, 403 }, { 0, 0, 403 } },
        { "/v1/openapi.json", { 0, 0, 405 }, { 0, 0, 0 } },
        { "/metrics", { 0, 0, 405 }, { 0, 0, 0 } },
        { "/v1/document", { 0, 0, 403 }, { 0, 0, 403 } },
        { "/v1/documents", { 404, 404, 404 }, { 404, 404, 404 } },
        { "/v1/quote/", { 404, 404, 404 }, { 404, 404, 404 } },
        { "/V1/quote", { 404, 404, 404 }, { 404, 404, 404 } },
        { "//v1/quote", { 404, 404, 404 }, { 404, 404, 404 } },
        { "/", { 404, 404, 404 }, { 404, 404, 404 } },
        { "", { 404, 404, 404 }, { 404, 404, 404 } },
    };
    static const char *const others[] = {
        "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "post", "", "GETS"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        for (size_t door = 0; door < COUNT(doors); door++) {
            assert_int_equal(ask_plain(doors[door], "GET", table[i].path), table[i].get[door]);
            assert_int_equal(ask_plain(doors[door], "POST", table[i].path), table[i].post[door]);
            unsigned refused =
                table[i].get[door] == 404 || table[i].get[door] == 403 ? table[i].get[door] : 405;
            for (size_t other = 0; other < COUNT(others); other++)
                assert_int_equal(ask_plain(doors[door], others[other], table[i].path), refused);
        }
}

static void test_allow(void **state)
{
    static const struct {
        enum door door;
        const char *path, *allow;
    } table[] = {
        { DOOR_PUBLIC, "/v1/health", "GET" },       { DOOR_TCP, "/v1/health", "GET" },
        { DOOR_PUBLIC, "/v1/quote", "GET, POST" },  { DOOR_TCP, "/v1/quote", "POST" },
        { DOOR_PUBLIC, "/v1/ak/activate", "POST" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct request *request = request_new(&state_of_daemon, table[i].door);
        struct request_head head = make_head(table[i].door, "PUT", table[i].path);
        assert_false(admit(request, &head));
        assert_string_equal(request->allow, table[i].allow);
        request_unref(request);
    }
}

/* Over TCP, and there alone. */
static void test_host(void **state)
{
    static const char *const good[] = { "localhost",   "LOCALHOST", "localhost:8550", "127.0.0.1",
                                        "127.0.0.1:1", "[::1]",     "[::1]:65535" };
    static const char *const bad[] = {
        NULL,           "",           "localhost.",       "localhost.evil.example",
        "evil.example", "127.0.0.2",  "127.0.0.1.nip.io", "::1",
        "[::1",         "[::2]",      "localhost:",       "localhost:65536",
        "localhost:x",  " localhost", "localhost:80:80",  "user@localhost",
        "localhost ",   "0.0.0.0"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good) + COUNT(bad); i++) {
        bool is_good = i < COUNT(good);
        for (size_t door = 0; door < COUNT(doors); door++) {
            struct request_head head = make_head(doors[door], "POST", "/v1/quote");
            head.host = is_good ? good[i] : bad[i - COUNT(good)];
            assert_int_equal(ask(&head), is_good || doors[door] != DOOR_TCP ? 0 : 403);
        }
    }
}

static void test_forbidden_headers(void **state)
{
    static const char *const forbidden[] = { "Origin",           "origin",     "ORIGIN",    "Sec-Fetch-Mode",
                                             "sec-fetch-site",   "Sec-Fetch-", "Forwarded", "X-Forwarded-For",
                                             "x-forwarded-host", "Via" };
    static const char *const allowed[] = { "Host",      "Accept",    "Origin-Trial", "Sec-Fetc",
                                           "X-Forward", "Viable",    "Content-Type", "",
                                           "X-Origin",  "Forwarded2" };

    (void)state;
    for (size_t i = 0; i < COUNT(forbidden); i++)
        assert_true(admit_is_forbidden(forbidden[i]));
    for (size_t i = 0; i < COUNT(allowed); i++)
        assert_false(admit_is_forbidden(allowed[i]));
    for (size_t door = 0; door < COUNT(doors); door++) {
        static const char *const paths[] = { "/v1/health", "/v1/nothing" };
        for (size_t i = 0; i < COUNT(paths); i++) {
            struct request_head head = make_head(doors[door], "GET", paths[i]);
            head.forbidden = "Origin";
            assert_int_equal(ask(&head), doors[door] == DOOR_TCP ? 403 : i == 0 ? 0 : 404);
        }
    }
}

static void test_content_type(void **state)
{
    static const char *const good[] = { "application/json", "APPLICATION/json",
                                        "application/json; charset=utf-8", "application/json ;x" };
    static const char *const bad[] = { NULL,
                                       "",
                                       "text/plain",
                                       "application/jsonp",
                                       "application/x-www-form-urlencoded",
                                       "multipart/form-data",
                                       " application/json",
                                       "application/json,text/plain" };

    (void)state;
    for (size_t i = 0; i < COUNT(good) + COUNT(bad); i++)
        for (size_t door = 0; door < COUNT(doors); door++) {
            struct request_head head = make_head(doors[door], "POST", "/v1/pcrs");
            head.content_type = i < COUNT(good) ? good[i] : bad[i - COUNT(good)];
            assert_int_equal(ask(&head), i < COUNT(good) ? 0 : 415);
            head.content_length = NULL; /* no body: then only a browser's way of sending is kept out */
            head.content_lengths = 0;
            assert_int_equal(ask(&head), i < COUNT(good) || doors[door] != DOOR_TCP ? 0 : 415);
        }
}

static void test_content_length(void **state)
{
    static const struct {
        const char *length;
        unsigned status;
    } table[] = {
        { "0", 0 },     { "2", 0 },     { "16384", 0 }, { "16385", 413 },    { "18446744073709551615", 413 },
        { "", 400 },    { "-1", 400 },  { "+2", 400 },  { "2 ", 400 },       { "18446744073709551616", 400 },
        { "0x2", 400 }, { "2,2", 400 }, { "1e1", 400 }, { "00000002", 400 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        for (size_t door = 0; door < COUNT(doors); door++) {
            struct request_head head = make_head(doors[door], "POST", "/v1/pcrs");
            head.content_length = table[i].length;
            assert_int_equal(ask(&head), table[i].status);
            head.content_lengths = 2;
            assert_int_equal(ask(&head), 400);
            head.content_lengths = 1;
            head.transfer_encoding = "chunked";
            assert_int_equal(ask(&head), 411);
        }
}

static void test_get_with_body(void **state)
{
    struct request_head head = make_head(DOOR_PUBLIC, "GET", "/v1/pcrs");

    (void)state;
    head.content_lengths = 1;
    head.content_length = "0";
    assert_int_equal(ask(&head), 0);
    head.content_length = "1";
    assert_int_equal(ask(&head), 400);
}

/* [access] narrows one endpoint at a time, at every door; health stays. */
static void test_access(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->path; route++) {
        const char *method = route->methods & METHOD_POST ? "POST" : "GET";
        if (route->endpoint == ENDPOINT_HEALTH)
            continue;
        config.access[route->endpoint].kind = ACCESS_NOBODY;
        for (size_t door = 0; door < COUNT(doors); door++) {
            assert_int_equal(ask_plain(doors[door], method, route->path), 403);
            assert_int_equal(ask_plain(doors[door], "GET", "/v1/health"), 0);
        }
        config.access[route->endpoint].kind = ACCESS_LIST; /* over TCP nobody has a name */
        assert_int_equal(ask_plain(DOOR_TCP, method, route->path), 403);
        config.access[route->endpoint].kind = ACCESS_DOOR;
    }
}

static void test_params_by_door(void **state)
{
    static const unsigned statuses[][2] = { { DOOR_PUBLIC, 403 }, { DOOR_UNLOCK, 0 }, { DOOR_TCP, 403 } };

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        struct request *request = request_new(&state_of_daemon, (enum door)statuses[i][0]);
        assert_non_null(request);
        request->params.table = params_document;
        assert_true(admit_params(request));
        assert_ok(params_set(&request->params, "user_data", attest_view_text("AAAA"), &request->problem, NULL));
        assert_true(admit_params(request));
        assert_ok(
            params_set(&request->params, "public_key", attest_view_text("AAAA"), &request->problem, NULL));
        assert_int_equal(admit_params(request), statuses[i][1] == 0);
        assert_int_equal(request->status, statuses[i][1]);
        assert_string_equal(request->problem.parameter, statuses[i][1] ? "public_key" : "");
        request_unref(request);
    }
}

static void test_accept(void **state)
{
    static const struct {
        const char *accept;
        bool cose;
    } cases[] = {
        { NULL, false },
        { "", false },
        { "application/cose", true },
        { " Application/COSE ; cose-type=\"cose-sign1\"", true },
        { "text/html,application/cose", true },
        { "text/html, application/cose;q=0.5, */*", true },
        { "application/json,application/cose", false },
        { "*/*,application/cose", false },
        { "application/*", false },
        { "application/cose-key", false },
        { "application/cos", false },
        { ",,;,", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(admit_accepts_cose(cases[i].accept), cases[i].cose);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_params_by_door, set_up),
        cmocka_unit_test(test_accept),
        cmocka_unit_test_setup(test_doors_and_methods, set_up),
        cmocka_unit_test_setup(test_allow, set_up),
        cmocka_unit_test_setup(test_host, set_up),
        cmocka_unit_test_setup(test_forbidden_headers, set_up),
        cmocka_unit_test_setup(test_content_type, set_up),
        cmocka_unit_test_setup(test_content_length, set_up),
        cmocka_unit_test_setup(test_get_with_body, set_up),
        cmocka_unit_test_setup(test_access, set_up),
    };
    return cmocka_run_group_tests_name("admit", tests, NULL, NULL);
}
