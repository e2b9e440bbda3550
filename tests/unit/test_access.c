/* SPDX-License-Identifier: Apache-2.0 */
/* Do rules let in whom they name, by the kernel's word on the peer? The peers are children with identities of
 * their own, which takes root. */
#include "tests/unit/unit.h"

#include "daemon/access.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/wait.h>

static void test_parse(void **state)
{
    struct access_rule rule;

    (void)state;
    assert_ok(access_parse(attest_view_text("door"), &rule, NULL));
    assert_int_equal(rule.kind, ACCESS_DOOR);
    assert_ok(access_parse(attest_view_text("nobody"), &rule, NULL));
    assert_int_equal(rule.kind, ACCESS_NOBODY);
    assert_ok(access_parse(attest_view_text("user:root,group:7,user:4294967294"), &rule, NULL));
    assert_int_equal(rule.kind, ACCESS_LIST);
    assert_int_equal(rule.count, 3);
    assert_false(rule.entries[0].is_group);
    assert_int_equal(rule.entries[0].id, 0);
    assert_true(rule.entries[1].is_group);
    assert_int_equal(rule.entries[1].id, 7);
    assert_int_equal(rule.entries[2].id, 4294967294u);
}

static void test_parse_refused(void **state)
{
    static const char *const bad[] = { "",
                                       "Door",
                                       "door,user:0",
                                       "user",
                                       "user:",
                                       "group:",
                                       "user:0,",
                                       ",user:0",
                                       "user:0,,user:1",
                                       "uid:0",
                                       "user :0",
                                       "user:no such",
                                       "group:no-such-group",
                                       "user:4294967295" };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct access_rule rule = { .count = 42 };
        struct attest_diag diag = { 0 };
        assert_error(access_parse(attest_view_text(bad[i]), &rule, &diag), ATTEST_MALFORMED);
        assert_int_equal(rule.count, 42);
        assert_true(strlen(diag.expected) > 0);
    }
}

static void test_parse_limit(void **state)
{
    char text[1024] = "user:1";
    struct access_rule rule;

    (void)state;
    for (int i = 1; i < ACCESS_ENTRIES_MAX; i++)
        strcat(text, ",user:1");
    assert_ok(access_parse(attest_view_text(text), &rule, NULL));
    assert_int_equal(rule.count, ACCESS_ENTRIES_MAX);
    strcat(text, ",user:1");
    assert_error(access_parse(attest_view_text(text), &rule, NULL), ATTEST_TOO_LARGE);
}

/* Whether a child of that identity is let in. */
static bool is_allowed(const char *text, enum door door, uid_t uid, gid_t gid, size_t count,
                       const gid_t *groups)
{
    struct access_rule rule;
    int status = 0;

    assert_ok(access_parse(attest_view_text(text), &rule, NULL));
    pid_t child = fork();
    if (child == 0) {
        int pair[2];
        if (setgroups(count, groups) < 0 || setgid(gid) < 0 || setuid(uid) < 0 ||
            socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
            _exit(2);
        _exit(access_allows(&rule, door, pair[0]) ? 1 : 0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 1;
}

static void test_peers(void **state)
{
    const gid_t groups[] = { 1003, 1004 };

    (void)state;
    if (getuid() != 0)
        skip();
    assert_true(is_allowed("user:1001", DOOR_PUBLIC, 1001, 1002, 0, NULL));
    assert_true(is_allowed("group:1002", DOOR_UNLOCK, 1001, 1002, 0, NULL));
    assert_true(is_allowed("group:1004", DOOR_PUBLIC, 1001, 1002, 2, groups));
    assert_true(is_allowed("user:5,group:5,user:1001", DOOR_PUBLIC, 1001, 1002, 2, groups));
    assert_false(is_allowed("user:1002", DOOR_PUBLIC, 1001, 1002, 2, groups)); /* a group's number */
    assert_false(is_allowed("group:1001", DOOR_PUBLIC, 1001, 1002, 2, groups));
    assert_false(is_allowed("group:1005", DOOR_PUBLIC, 1001, 1002, 2, groups));
    assert_false(is_allowed("user:1001,group:1002", DOOR_TCP, 1001, 1002, 2, groups));
    assert_false(is_allowed("nobody", DOOR_PUBLIC, 1001, 1002, 2, groups));
    assert_true(is_allowed("door", DOOR_TCP, 1001, 1002, 2, groups));
    assert_false(is_allowed("user:1001", DOOR_UNLOCK, 0, 0, 0, NULL)); /* root is not above the list */
}

static void test_no_peer(void **state)
{
    const struct access_rule zeroed = { 0 };
    struct access_rule list;

    (void)state;
    assert_ok(access_parse(attest_view_text("user:0,group:0"), &list, NULL));
    assert_false(access_allows(&list, DOOR_PUBLIC, -1));
    assert_false(access_allows(&zeroed, DOOR_PUBLIC, -1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse), cmocka_unit_test(test_parse_refused), cmocka_unit_test(test_parse_limit),
        cmocka_unit_test(test_peers), cmocka_unit_test(test_no_peer),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
