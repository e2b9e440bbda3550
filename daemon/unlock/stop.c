/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What if it is to end now? Everything before the cap can be done again, so the process just ends; what it
 * holds is in its memory alone. From the cap on the secrets of this boot would be lost, so that part is
 * finished, which takes no longer than attestd to answer.
 */
#include "daemon/unlock/stop.h"

#include "base/error.h"
#include "daemon/unlock/lockdown.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define EXIT_STOPPED 3

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static sigset_t signals;
static _Atomic bool asked;
static struct {
    void (*speak)(void *context);
    void *context;
} last_words;

static void *wait_for_signal(void *unused)
{
    int number;

    (void)unused;
    if (sigwait(&signals, &number) != 0)
        return NULL;
    asked = true;
    pthread_mutex_lock(&guard);
    if (last_words.speak)
        last_words.speak(last_words.context);
    _exit(EXIT_STOPPED);
}

enum attest_error stop_init(void (*speak)(void *context), void *context, struct attest_diag *diag)
{
    pthread_attr_t attributes;
    pthread_t thread;

    last_words.speak = speak;
    last_words.context = context;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, LOCKDOWN_STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error_number = pthread_create(&thread, &attributes, wait_for_signal, NULL);
    pthread_attr_destroy(&attributes);
    return error_number == 0 ? ATTEST_OK : attest_fail_errno(diag, error_number, "to start a thread");
}

bool stop_was_asked(void)
{
    return asked;
}

void stop_guard(void)
{
    pthread_mutex_lock(&guard);
}

void stop_unguard(void)
{
    pthread_mutex_unlock(&guard);
}

void stop_forget(void)
{
    last_words.speak = NULL;
    pthread_mutex_unlock(&guard);
}
