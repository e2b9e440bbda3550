/* SPDX-License-Identifier: Apache-2.0 */
/* What does a signal leave behind: the last words, unless there is nobody left to say them? */
#include "tests/unit/unit.h"

#include "daemon/unlock/stop.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void speak(void *context)
{
    const int *fd = context;

    (void)!write(*fd, "x", 1);
}

/* In a process of its own, as it ends; returns how many words it left. */
static ssize_t stop_child(bool forgotten)
{
    int ends[2], status;
    char text[4];

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        alarm(20);
        if (stop_init(speak, &ends[1], NULL) != ATTEST_OK)
            _exit(1);
        stop_guard();
        kill(getpid(), SIGTERM);
        usleep(100000); /* guarded: it does not end */
        if (forgotten)
            stop_forget();
        else
            stop_unguard();
        for (;;)
            pause();
    }
    close(ends[1]);
    ssize_t size = read(ends[0], text, sizeof text);
    close(ends[0]);
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    return size;
}

static void test_last_words(void **state)
{
    (void)state;
    assert_int_equal(stop_child(false), 1);
    assert_int_equal(stop_child(true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_last_words) };

    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
