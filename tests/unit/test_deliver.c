/* SPDX-License-Identifier: Apache-2.0 */
/* Does a secret get to its place whole, with owner and mode, and only to places where it may lie? On mounts of
 * our own, which need root. */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "daemon/unlock/deliver.h"
#include "daemon/unlock/mount.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static char folder[] = "/tmp/attestd-deliver-XXXXXX";
static const struct deliver_owner ours = { 0, 0, 0400 };
static struct attest_diag diag;

static const char *path_of(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    umask(022);
    return mkdtemp(folder) && chmod(folder, 0755) == 0 && mount("ramfs", folder, "ramfs", 0, "mode=0755") == 0
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return umount2(folder, MNT_DETACH) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static enum attest_error write_to(const char *path, const char *content, const struct deliver_owner *owner)
{
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;

    diag = (struct attest_diag){ 0 };
    attest_try(deliver_open(path, &target, &diag));
    attest_try(deliver_begin(&target, &diag));
    attest_try(deliver_append(&target, attest_view_text(content), &diag));
    return deliver_commit(&target, owner, &diag);
}

static void assert_content(const char *path, const char *expected)
{
    char content[64] = "";
    int fd = open(path, O_RDONLY | O_NOFOLLOW);

    assert_true(fd >= 0);
    assert_int_equal(read(fd, content, sizeof content - 1), strlen(expected));
    assert_string_equal(content, expected);
    close(fd);
}

static void test_new_and_again(void **state)
{
    static const struct deliver_owner other = { 65534, 65533, 0640 };
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;
    struct stat status;

    (void)state;
    assert_ok(write_to(path_of("new"), "first", &ours));
    assert_content(path_of("new"), "first");
    assert_ok(write_to(path_of("new"), "second", &other));
    assert_content(path_of("new"), "second");
    assert_int_equal(stat(path_of("new"), &status), 0);
    assert_int_equal(status.st_uid, 65534);
    assert_int_equal(status.st_gid, 65533);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(status.st_nlink, 1);
    assert_ok(deliver_open(path_of("new"), &target, NULL));
    assert_true(deliver_is_there(&target, &other));
    assert_false(deliver_is_there(&target, &ours));
}

/* Nothing has a name before the end, and what was there stays. */
static void test_not_committed(void **state)
{
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;

    (void)state;
    assert_ok(write_to(path_of("kept"), "kept", &ours));
    assert_ok(deliver_open(path_of("kept"), &target, NULL));
    assert_ok(deliver_begin(&target, NULL));
    assert_ok(deliver_append(&target, attest_view_text("half"), NULL));
    assert_content(path_of("kept"), "kept");
    assert_int_equal(access(path_of(".attestd-unlock.kept"), F_OK), -1);
    deliver_close(&target);
    assert_content(path_of("kept"), "kept");
}

static void test_leftover(void **state)
{
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;

    (void)state;
    close(open(path_of(".attestd-unlock.a"), O_CREAT | O_WRONLY, 0600));
    close(open(path_of(".attestd-unlock.b"), O_CREAT | O_WRONLY, 0600));
    assert_ok(deliver_open(path_of("a"), &target, NULL));
    assert_int_equal(access(path_of(".attestd-unlock.a"), F_OK), 0); /* somebody may be about to name it */
    assert_ok(write_to(path_of("a"), "a", &ours));
    assert_int_equal(access(path_of(".attestd-unlock.a"), F_OK), -1);
    assert_int_equal(access(path_of(".attestd-unlock.b"), F_OK), 0); /* another's */
    deliver_close(&target);
    assert_ok(deliver_open(path_of("b"), &target, NULL));
    deliver_sweep(&target);
    assert_int_equal(access(path_of(".attestd-unlock.b"), F_OK), -1);
}

static void test_long_name(void **state)
{
    char name[256] = "";

    (void)state;
    memset(name, 'n', 239);
    assert_ok(write_to(path_of(name), "x", &ours));
    name[239] = 'n';
    assert_error(write_to(path_of(name), "x", &ours), ATTEST_USAGE);
}

static void test_links(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path_of("real"), 0755), 0);
    assert_int_equal(symlink("real", path_of("link")), 0);
    assert_error(write_to(path_of("link/a"), "x", &ours), ATTEST_DENIED);
    assert_int_equal(access(path_of("real/a"), F_OK), -1);
    assert_int_equal(symlink("/tmp/attestd-deliver-target", path_of("dangling")), 0);
    assert_ok(write_to(path_of("dangling"), "x", &ours)); /* replaced */
    assert_content(path_of("dangling"), "x");
}

static void test_folders(void **state)
{
    static const struct {
        mode_t mode;
        uid_t uid;
        gid_t gid;
        bool good, passable; /* for the secret itself; for folders on the way */
    } cases[] = { { 0755, 0, 0, true, true },       { 0777, 0, 0, false, false },
                  { 01777, 0, 0, false, true },     { 0755, 65534, 0, false, false },
                  { 0775, 0, 65534, false, false }, { 0775, 0, 0, true, true },
                  { 01775, 0, 65534, false, true }, { 0700, 65534, 0, false, false } };

    (void)state;
    assert_int_equal(mkdir(path_of("folder"), 0755), 0);
    assert_int_equal(mkdir(path_of("folder/below"), 0755), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(chown(path_of("folder"), cases[i].uid, cases[i].gid), 0);
        assert_int_equal(chmod(path_of("folder"), cases[i].mode), 0);
        assert_error(write_to(path_of("folder/a"), "x", &ours), cases[i].good ? ATTEST_OK : ATTEST_DENIED);
        assert_error(write_to(path_of("folder/below/a"), "x", &ours),
                     cases[i].passable ? ATTEST_OK : ATTEST_DENIED);
    }
}

static bool has_swap(void)
{
    char text[256] = "";
    int fd = open("/proc/swaps", O_RDONLY);
    ssize_t size = read(fd, text, sizeof text - 1);

    close(fd);
    return size <= 0 || strchr(text, '\n') != text + size - 1;
}

/* root:root and 0775, which is good, but for user 65534 of its ACL; and 0755, which is all that he gets. */
static void test_acl(void **state)
{
    static const unsigned char acl[] = {
        2,    0,    0,    0, /* as the kernel has it: version, then tag, rights, id */
        1,    0,    7,    0,    0xff, 0xff, 0xff, 0xff, 2,    0,    7,    0,   0xfe, 0xff,
        0,    0,    4,    0,    5,    0,    0xff, 0xff, 0xff, 0xff, 16,   0,   7,    0,
        0xff, 0xff, 0xff, 0xff, 32,   0,    5,    0,    0xff, 0xff, 0xff, 0xff
    };

    (void)state;
    assert_int_equal(mkdir(path_of("acl"), 0755), 0);
    assert_int_equal(mount("tmpfs", path_of("acl"), "tmpfs", 0, "mode=0755"), 0);
    int set = setxattr(path_of("acl"), "system.posix_acl_access", acl, sizeof acl, 0);
    if (set == 0 && !has_swap()) {
        assert_error(write_to(path_of("acl/a"), "x", &ours), ATTEST_DENIED);
        assert_int_equal(chmod(path_of("acl"), 0755), 0);
        assert_ok(write_to(path_of("acl/a"), "x", &ours));
    }
    assert_int_equal(umount(path_of("acl")), 0);
}

static void test_no_place(void **state)
{
    (void)state;
    assert_error(write_to("/tmp/attestd-deliver-on-disk", "x", &ours), ATTEST_DENIED);
    assert_error(write_to("/proc/a", "x", &ours), ATTEST_DENIED);
    assert_error(write_to(path_of("none/a"), "x", &ours), ATTEST_SYSTEM);
    assert_error(write_to("relative", "x", &ours), ATTEST_USAGE);
    assert_int_equal(mkdir(path_of("taken"), 0755), 0);
    assert_error(write_to(path_of("taken"), "x", &ours), ATTEST_SYSTEM);
    assert_int_equal(access(path_of(".attestd-unlock.taken"), F_OK), -1);
}

/* Known when it is looked at, as once the boot is capped it is too late. */
static void test_read_only(void **state)
{
    _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;

    (void)state;
    assert_int_equal(mkdir(path_of("closed"), 0755), 0);
    assert_int_equal(mount("ramfs", path_of("closed"), "ramfs", MS_RDONLY, NULL), 0);
    assert_ok(deliver_open(path_of("closed/a"), &target, NULL));
    assert_error(deliver_try(&target, NULL), ATTEST_SYSTEM);
    deliver_close(&target);
    assert_int_equal(umount(path_of("closed")), 0);
}

/* A tmpfs that is full says so, and keeps nothing. */
static void test_full(void **state)
{
    static char much[65537];

    (void)state;
    assert_int_equal(mkdir(path_of("small"), 0755), 0);
    assert_int_equal(mount("tmpfs", path_of("small"), "tmpfs", 0, "size=16k,mode=0755"), 0);
    memset(much, 'x', sizeof much - 1);
    assert_error(write_to(path_of("small/a"), much, &ours), ATTEST_SYSTEM);
    assert_int_equal(access(path_of("small/a"), F_OK), -1);
    assert_ok(write_to(path_of("small/a"), "x", &ours));
    assert_int_equal(umount(path_of("small")), 0);
}

/* tmpfs counts by its mount option, or by there being no swap. */
static void test_swap(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path_of("swappable"), 0755), 0);
    assert_int_equal(mount("tmpfs", path_of("swappable"), "tmpfs", 0, "mode=0755"), 0);
    assert_error(write_to(path_of("swappable/a"), "x", &ours), has_swap() ? ATTEST_DENIED : ATTEST_OK);
    assert_int_equal(umount(path_of("swappable")), 0);
    if (mount("tmpfs", path_of("swappable"), "tmpfs", 0, "mode=0755,noswap") < 0)
        return; /* before Linux 6.4 */
    assert_ok(write_to(path_of("swappable/a"), "x", &ours));
    assert_int_equal(umount(path_of("swappable")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_and_again), cmocka_unit_test(test_not_committed),
        cmocka_unit_test(test_leftover),      cmocka_unit_test(test_long_name),
        cmocka_unit_test(test_links),         cmocka_unit_test(test_folders),
        cmocka_unit_test(test_acl),           cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_read_only),     cmocka_unit_test(test_full),
        cmocka_unit_test(test_swap),
    };

    if (getuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
        puts("1..0 # SKIP needs root, and mounts of its own");
        return 0;
    }
    return cmocka_run_group_tests_name("deliver", tests, set_up, tear_down);
}
