/* SPDX-License-Identifier: Apache-2.0 */
/* Is it deaf to signals, small, and not waited for without end? */
#include "tests/unit/unit.h"

#include "daemon/clock.h"
#include "daemon/thread.h"

#include <semaphore.h>
#include <signal.h>

struct seen {
    sem_t go;
    bool deaf;
    size_t stack;
};

static void *look(void *context)
{
    struct seen *seen = context;
    pthread_attr_t attributes;
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    seen->deaf = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGHUP) == 1;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstacksize(&attributes, &seen->stack);
        pthread_attr_destroy(&attributes);
    }
    while (sem_wait(&seen->go) != 0)
        ;
    return NULL;
}

static void test_thread(void **state)
{
    (void)state;
    struct seen seen = { 0 };
    struct attest_diag diag = { 0 };
    pthread_t thread;
    sigset_t before, after;

    assert_int_equal(sem_init(&seen.go, 0, 0), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_int_equal(thread_start(look, &seen, "a thread", &thread, &diag), ATTEST_OK);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));

    uint64_t begun = clock_now();
    assert_false(thread_join_within(thread, 30));
    assert_in_range(clock_now() - begun, 29, 5000);
    assert_int_equal(sem_post(&seen.go), 0);
    assert_true(thread_join_within(thread, 5000));
    assert_true(seen.deaf);
    assert_in_range(seen.stack, 1, (size_t)1 << 20);
    sem_destroy(&seen.go);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
