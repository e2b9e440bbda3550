/* SPDX-License-Identifier: Apache-2.0 */
/* Are the doors what they are called: loopback only, the unlock door narrow, nothing of others' removed? */
#include "tests/unit/unit.h"

#include "daemon/listen.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static char folder[] = "/tmp/attestd-listen-XXXXXX";
static struct listeners listeners;
static struct attest_diag diag;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *address(const char *prefix, const char *name)
{
    static char text[256];

    snprintf(text, sizeof text, "%s%s/%s", prefix, folder, name);
    return text;
}

static enum attest_error open_one(const char *text)
{
    diag = (struct attest_diag){ 0 };
    return listen_open(&listeners, text, &diag);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static void test_unix_modes(void **state)
{
    static const mode_t masks[] = { 022, 077, 0 };
    char public[256], unlock[256];

    (void)state;
    snprintf(public, sizeof public, "%s", address("unix:", "public"));
    snprintf(unlock, sizeof unlock, "%s", address("unlock:", "unlock"));
    for (size_t i = 0; i < COUNT(masks); i++) {
        mode_t before = umask(masks[i]);
        assert_ok(open_one(public));
        assert_ok(open_one(unlock));
        assert_int_equal(umask(before), masks[i]); /* as it was */
        assert_int_equal(mode_of(strchr(public, '/')), 0666);
        assert_int_equal(mode_of(strchr(unlock, '/')), 0600);
        assert_int_equal(listeners.items[0].door, DOOR_PUBLIC);
        assert_int_equal(listeners.items[1].door, DOOR_UNLOCK);
        for (size_t item = 0; item < 2; item++) {
            assert_true(fcntl(listeners.items[item].fd, F_GETFL) & O_NONBLOCK);
            assert_true(fcntl(listeners.items[item].fd, F_GETFD) & FD_CLOEXEC);
        }
        listen_close(&listeners);
        assert_int_equal(mode_of(strchr(public, '/')), 0); /* removed */
        assert_int_equal(listeners.count, 0);
    }
}

static void test_stale_socket(void **state)
{
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    const char *path = address("", "stale");
    assert_true(strlen(path) < sizeof un.sun_path);
    memcpy(un.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_error(open_one(address("unix:", "stale")), ATTEST_SYSTEM); /* somebody listens */
    assert_int_equal(listeners.count, 0);
    close(fd);
    char stale[256];
    snprintf(stale, sizeof stale, "%s", address("unix:", "stale"));
    assert_ok(open_one(stale));
    listen_close(&listeners);
}

static void test_file_in_the_way(void **state)
{
    char path[256];

    (void)state;
    snprintf(path, sizeof path, "%s", address("", "file"));
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0640);
    assert_true(fd >= 0);
    close(fd);
    assert_error(open_one(address("unix:", "file")), ATTEST_SYSTEM);
    assert_int_equal(mode_of(path), 0640);
    unlink(path);
}

static void test_tcp(void **state)
{
    (void)state;
    assert_ok(open_one("tcp:127.0.0.1:0"));
    assert_ok(open_one("tcp:127.1.2.3:0"));
    assert_int_equal(listeners.items[0].door, DOOR_TCP);
    assert_null(listeners.items[0].path);
    listen_close(&listeners);
    if (open_one("tcp:[::1]:0") == ATTEST_OK) /* a machine may be without IPv6 */
        listen_close(&listeners);
    else
        assert_int_equal(diag.native != 0, 1);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "127.0.0.1:80",
        "tcp:",
        "tcp:127.0.0.1",
        "tcp:127.0.0.1:",
        "tcp:127.0.0.1:65536",
        "tcp:127.0.0.1:-1",
        "tcp:127.0.0.1:80x",
        "tcp:0.0.0.0:0",
        "tcp:128.0.0.1:0",
        "tcp:10.0.0.1:0",
        "tcp:[::]:0",
        "tcp:[::2]:0",
        "tcp:[::ffff:127.0.0.1]:0",
        "tcp:[::1:0",
        "tcp:::1:0",
        "tcp:[]:0",
        "tcp:]:0",
        "tcp::0",
        "tcp:localhost:0",
        "tcp:[127.0.0.1]:0",
        "tcp:127.0.0.1.0000000000000000000000000000000000000000000000000000:0",
        "unix:",
        "unix:relative",
        "unlock:relative",
        "vsock:1:1",
        "UNIX:/tmp/x",
    };
    char longest[256] = "unix:/";

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_error(open_one(bad[i]), ATTEST_USAGE);
        assert_int_equal(listeners.count, 0);
        assert_true(strlen(diag.expected) > 0);
    }
    memset(longest + 6, 'x', 107);
    assert_error(open_one(longest), ATTEST_USAGE);
}

static void test_too_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        assert_ok(open_one("tcp:127.0.0.1:0"));
    assert_error(open_one("tcp:127.0.0.1:0"), ATTEST_USAGE);
    assert_int_equal(listeners.count, LISTENERS_MAX);
    listen_close(&listeners);
}

/* Nothing is handed over where nobody says so. (What systemd hands over: tests/integration.) */
static void test_inherit_nothing(void **state)
{
    (void)state;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    assert_ok(listen_inherit(&listeners, &diag));
    assert_int_equal(listeners.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unix_modes),      cmocka_unit_test(test_stale_socket),
        cmocka_unit_test(test_file_in_the_way), cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_refused),         cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_inherit_nothing),
    };
    return cmocka_run_group_tests_name("listen", tests, make_folder, remove_folder);
}
