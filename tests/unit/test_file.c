/* SPDX-License-Identifier: Apache-2.0 */
/* Files of every size against the maximum; and who may own what a configuration is read from. */
#include "tests/unit/unit.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static char folder[] = "/tmp/attestd-file-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = { "file", "fifo", "link" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
}

/* `size` bytes that differ from place to place. */
static struct attest_bytes make_content(size_t size)
{
    struct attest_bytes content = attest_bytes_init(size);

    for (size_t i = 0; i < size; i++)
        attest_bytes_append_u8(&content, (uint8_t)(i * 7 + i / 256));
    return content;
}

static void test_write_then_read(void **state)
{
    const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 100000 };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes content = make_content(sizes[i]);
        _cleanup_(attest_bytes_done) struct attest_bytes back = attest_bytes_init(0);
        assert_ok(attest_file_write(in_folder("file"), attest_bytes_view(&content), NULL));
        assert_ok(attest_file_read(in_folder("file"), sizes[i], &back, NULL));
        assert_view(attest_bytes_view(&back), attest_bytes_view(&content));
    }
}

static void test_write_replaces_whole(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes back = attest_bytes_init(0);

    assert_ok(attest_file_write(in_folder("file"), attest_view_text("longer"), NULL));
    assert_ok(attest_file_write(in_folder("file"), attest_view_text("new"), NULL));
    assert_ok(attest_file_read(in_folder("file"), 100, &back, NULL));
    assert_text(attest_bytes_view(&back), "new");
}

static void test_maximum(void **state)
{
    const size_t maxima[] = { 0, 1, 4096, 9999 };
    _cleanup_(attest_bytes_done) struct attest_bytes content = make_content(10000);

    (void)state;
    assert_ok(attest_file_write(in_folder("file"), attest_bytes_view(&content), NULL));
    for (size_t i = 0; i < COUNT(maxima); i++) {
        struct attest_bytes back = { .size = 42 };
        struct attest_diag diag = { 0 };
        assert_error(attest_file_read(in_folder("file"), maxima[i], &back, &diag), ATTEST_TOO_LARGE);
        assert_int_equal(back.size, 42);
        assert_non_null(strstr(diag.expected, "bytes"));
    }
}

/* Files whose size the kernel reports as 0, or that never end. */
static void test_lying_sizes(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);

    assert_ok(attest_file_read("/proc/self/status", 1 << 16, &content, NULL));
    assert_true(content.size > 100);
    attest_bytes_done(&content);
    assert_error(attest_file_read("/dev/zero", 1 << 16, &content, NULL), ATTEST_TOO_LARGE);
}

static void test_system_says_no(void **state)
{
    struct attest_bytes content = { .size = 42 };
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_file_read(in_folder("none"), 10, &content, &diag), ATTEST_SYSTEM);
    assert_int_equal(diag.native, ENOENT);
    assert_non_null(strstr(diag.expected, "none"));
    assert_error(attest_file_read(folder, 10, &content, &diag), ATTEST_SYSTEM);
    assert_int_equal(diag.native, EISDIR);
    assert_error(attest_file_read_fd(-1, "it", 10, &content, &diag), ATTEST_SYSTEM);
    assert_int_equal(diag.native, EBADF);
    assert_int_equal(content.size, 42);
    assert_error(attest_file_write("/dev/full", attest_view_text("x"), &diag), ATTEST_SYSTEM);
    assert_int_equal(diag.native, ENOSPC);
    assert_error(attest_file_write(in_folder("no/file"), attest_view_text("x"), &diag), ATTEST_SYSTEM);
    assert_int_equal(diag.native, ENOENT);
}

/* Puts `fd` in the place of `standard` and returns what was there. */
static int redirect(int standard, int fd)
{
    int saved = dup(standard);

    assert_true(saved >= 0 && dup2(fd, standard) == standard);
    return saved;
}

static void test_standard_streams(void **state)
{
    (void)state;
    _cleanup_close_ int fd = open(in_folder("file"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);

    fflush(stdout);
    _cleanup_close_ int output = redirect(STDOUT_FILENO, fd);
    enum attest_error error = attest_file_write("-", attest_view_text("through a pipe"), NULL);
    dup2(output, STDOUT_FILENO);
    assert_ok(error);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    _cleanup_close_ int input = redirect(STDIN_FILENO, fd);
    error = attest_file_read("-", 100, &content, NULL);
    dup2(input, STDIN_FILENO);
    assert_ok(error);
    assert_text(attest_bytes_view(&content), "through a pipe");
}

static void test_descriptor_stays_open(void **state)
{
    (void)state;
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(0);
    _cleanup_close_ int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

    assert_ok(attest_file_read_fd(fd, "it", 1 << 16, &content, NULL));
    assert_true(fcntl(fd, F_GETFD) >= 0);
}

static enum attest_error open_trusted(const char *path)
{
    int fd = -2;
    enum attest_error error = attest_file_open_trusted(path, S_IFREG, &fd, NULL);

    if (error == ATTEST_OK)
        close(fd);
    else
        assert_int_equal(fd, -2);
    return error;
}

static void test_trusted_modes(void **state)
{
    (void)state;
    assert_ok(attest_file_write(in_folder("file"), attest_view_text("x"), NULL));
    if (getuid() != 0) { /* who can't make a file that is root's sees that his own is refused */
        assert_error(open_trusted(in_folder("file")), ATTEST_DENIED);
        return;
    }
    for (unsigned mode = 0; mode < 01000; mode++) {
        assert_int_equal(chmod(in_folder("file"), (mode_t)mode), 0);
        assert_error(open_trusted(in_folder("file")), mode & 022 ? ATTEST_DENIED : ATTEST_OK);
    }
    assert_int_equal(chmod(in_folder("file"), 0600), 0);
    assert_int_equal(chown(in_folder("file"), 65534, 0), 0);
    assert_error(open_trusted(in_folder("file")), ATTEST_DENIED);
    assert_int_equal(chown(in_folder("file"), 0, 0), 0);
}

/* A FIFO without a writer must not hang. */
static void test_trusted_is_a_regular_file(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_error(open_trusted(in_folder("fifo")), ATTEST_DENIED);
    assert_error(open_trusted(folder), ATTEST_DENIED);
    assert_error(open_trusted("/dev/null"), ATTEST_DENIED);
    assert_error(open_trusted(in_folder("none")), ATTEST_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_then_read),
        cmocka_unit_test(test_write_replaces_whole),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_lying_sizes),
        cmocka_unit_test(test_system_says_no),
        cmocka_unit_test(test_standard_streams),
        cmocka_unit_test(test_trusted_modes),
        cmocka_unit_test(test_trusted_is_a_regular_file),
        cmocka_unit_test(test_descriptor_stays_open),
    };
    return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}
