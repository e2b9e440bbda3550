/* SPDX-License-Identifier: Apache-2.0 */
/* Does an event become one line of standard error, whatever is in it, and a failure a sentence? */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "daemon/log.h"

static char line[2048];

/* What `statement` writes to standard error, into `line`. */
#define capture(statement)                                                                                     \
    do {                                                                                                       \
        FILE *file_ = tmpfile();                                                                               \
        fflush(stderr);                                                                                        \
        int saved_ = dup(STDERR_FILENO);                                                                       \
        assert_true(file_ &&saved_ >= 0 && dup2(fileno(file_), STDERR_FILENO) >= 0);                           \
        statement;                                                                                             \
        fflush(stderr);                                                                                        \
        dup2(saved_, STDERR_FILENO);                                                                           \
        close(saved_);                                                                                         \
        rewind(file_);                                                                                         \
        line[fread(line, 1, sizeof line - 1, file_)] = '\0';                                                   \
        fclose(file_);                                                                                         \
    } while (0)

static void test_event(void **state)
{
    (void)state;
    capture(log_event(LOG_EVENT_TPM_RECLAIMED, 3u));
    assert_string_equal(line, "attestd: Removed 3 objects that a killed process had left in the TPM\n");
    capture(log_event(LOG_EVENT_TPM_LOST, "%s%n"));
    assert_string_equal(line, "attestd: The TPM does not answer: %s%n\n");
}

static void test_event_is_bounded(void **state)
{
    char text[4096];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    capture(log_event(LOG_EVENT_TPM_LOST, text));
    assert_true(strlen(line) < 1536);
    assert_int_equal(line[strlen(line) - 1], '\n');
}

/* Whoever says that standard error is the journal has to be right. */
static void test_journal_is_not_believed(void **state)
{
    (void)state;
    setenv("JOURNAL_STREAM", "1:2", 1);
    log_open("attestd");
    capture(log_event(LOG_EVENT_CONFIG_BAD, "it"));
    assert_string_equal(line, "attestd: The configuration is not accepted: it\n");
    unsetenv("JOURNAL_STREAM");
}

static void test_describe(void **state)
{
    char text[LOG_TEXT_SIZE];
    struct attest_diag diag = { 0 };

    (void)state;
    assert_string_equal(log_describe(ATTEST_BUSY, &diag, text), attest_error_sentence(ATTEST_BUSY));
    attest_fail(&diag, ATTEST_USAGE, NULL, "this");
    assert_string_equal(log_describe(ATTEST_USAGE, &diag, text), "expected this");
    attest_fail(&diag, ATTEST_USAGE, "that", "this");
    assert_string_equal(log_describe(ATTEST_USAGE, &diag, text), "expected this, found that");
    memset(diag.expected, 'x', sizeof diag.expected - 1);
    memset(diag.found, 'y', sizeof diag.found - 1);
    assert_true(strlen(log_describe(ATTEST_USAGE, &diag, text)) < LOG_TEXT_SIZE - 1); /* nothing is cut */
}

/* As an operator finds them: no two events by the same MESSAGE_ID. */
static void test_ids(void **state)
{
    static const char *const ids[] = {
#define LOG_EVENT(name, id, priority, format) id,
#include "daemon/log.def"
#undef LOG_EVENT
    };

    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_int_equal(strspn(ids[i], "0123456789abcdef"), 32);
        assert_int_equal(strlen(ids[i]), 32);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),    cmocka_unit_test(test_event_is_bounded),
        cmocka_unit_test(test_describe), cmocka_unit_test(test_journal_is_not_believed),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
