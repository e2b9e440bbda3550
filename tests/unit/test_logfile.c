/* SPDX-License-Identifier: Apache-2.0 */
/* Is a file read as far as it has grown, whatever kind of log it is, and is systemd's mark seen? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "flow/logfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD "\x1e{\"pcr\":11,\"digests\":[]}\n"

static char path[] = "/tmp/attestd-logfile-XXXXXX";
static int fd;

static int make_file(void **state)
{
    (void)state;
    strcpy(path + strlen(path) - 6, "XXXXXX");
    fd = mkstemp(path);
    return fd < 0;
}

static int remove_file(void **state)
{
    (void)state;
    close(fd);
    return unlink(path);
}

static void append(const void *data, size_t size)
{
    assert_int_equal(write(fd, data, size), size);
}

static size_t read_all(struct attest_logfile *file)
{
    const struct attest_log_record *record = NULL;
    size_t count = 0;

    do {
        assert_ok(attest_logreader_next(&file->reader, &record, NULL));
        count += record != NULL;
    } while (record);
    return count;
}

static void test_grows(void **state)
{
    struct attest_logfile *file = NULL;

    (void)state;
    assert_ok(attest_logfile_open(path, ATTEST_LOG_USERSPACE, &file, NULL));
    assert_int_equal(read_all(file), 0);
    append(RECORD, strlen(RECORD));
    assert_int_equal(read_all(file), 1);
    append(RECORD RECORD, strlen(RECORD) + 5);
    assert_int_equal(read_all(file), 1);
    assert_error(attest_logreader_end(&file->reader, NULL), ATTEST_TRUNCATED);
    append(&RECORD[5], strlen(RECORD) - 5);
    assert_int_equal(read_all(file), 1);
    assert_ok(attest_logreader_end(&file->reader, NULL));
    attest_logfile_close(file);
    attest_logfile_close(NULL);
}

/* Records over the ends of the pieces that a file is read in. */
static void test_long(void **state)
{
    struct attest_logfile *file = NULL;

    (void)state;
    for (size_t i = 0; i < 10000; i++)
        append(RECORD, strlen(RECORD));
    assert_ok(attest_logfile_open(path, ATTEST_LOG_USERSPACE, &file, NULL));
    assert_int_equal(read_all(file), 10000);
    assert_int_equal(attest_logreader_offset(&file->reader), 10000 * strlen(RECORD));
    assert_true(file->reader.window.capacity <= (size_t)256 << 10);
    attest_logfile_close(file);
}

static void test_detect(void **state)
{
    struct attest_logfile *file = NULL;
    struct log log;

    (void)state;
    assert_error(attest_logfile_detect(path, &file, NULL), ATTEST_MALFORMED); /* empty */
    log_boot(&log, "sha256", true);
    append(log.data, log.size);
    assert_ok(attest_logfile_detect(path, &file, NULL));
    assert_int_equal(file->reader.log, ATTEST_LOG_FIRMWARE);
    assert_int_equal(read_all(file), log.events);
    attest_logfile_close(file);
    log_done(&log);
}

static void test_no_file(void **state)
{
    struct attest_logfile *file = NULL;
    struct attest_diag diag = { 0 };

    (void)state;
    assert_error(attest_logfile_open("/nonexistent/log", ATTEST_LOG_IMA, &file, &diag), ATTEST_SYSTEM);
    assert_error(attest_logfile_detect("/nonexistent/log", &file, &diag), ATTEST_SYSTEM);
    assert_error(attest_logfile_detect("/", &file, &diag), ATTEST_SYSTEM);
    assert_null(file);
}

/* The sticky bit, on systemd's log alone; as it is when it is asked for. */
static void test_incomplete(void **state)
{
    (void)state;
    for (int kind = 0; kind < ATTEST_LOG_COUNT; kind++) {
        struct attest_logfile *file = NULL;
        assert_int_equal(fchmod(fd, 0600), 0);
        assert_ok(attest_logfile_open(path, (enum attest_log)kind, &file, NULL));
        assert_false(attest_logfile_is_incomplete(file));
        assert_int_equal(fchmod(fd, 01600), 0);
        assert_int_equal(attest_logfile_is_incomplete(file), kind == ATTEST_LOG_USERSPACE);
        attest_logfile_close(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_grows, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_long, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_detect, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_no_file, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_incomplete, make_file, remove_file),
    };
    return cmocka_run_group_tests_name("logfile", tests, NULL, NULL);
}
