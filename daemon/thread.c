/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is a thread begun that waits for others, and how is one left that may never come back?
 */
#include "daemon/thread.h"

#include "base/error.h"
#include "daemon/clock.h"

#include <signal.h>

#define STACK_SIZE ((size_t)256 << 10) /* tpm2-tss keeps whole commands on the stack */

enum attest_error thread_start(void *(*run)(void *context), void *context, const char *name,
                               pthread_t *ret_thread, struct attest_diag *diag)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;

    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error_number = pthread_create(&thread, &attributes, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error_number != 0)
        return attest_fail_errno(diag, error_number, "to start %s", name);
    *ret_thread = thread;
    return ATTEST_OK;
}

bool thread_join_within(pthread_t thread, unsigned milliseconds)
{
    uint64_t until = clock_now() + milliseconds;
    const struct timespec limit = { (time_t)(until / 1000), (long)(until % 1000) * 1000000 };

    return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &limit) == 0;
}
