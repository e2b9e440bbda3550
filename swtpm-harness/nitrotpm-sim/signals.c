/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shall we stop? A signalfd, so that every wait of the one loop ends at a signal too. See signalfd(2).
 */
#include "swtpm-harness/nitrotpm-sim/signals.h"

#include "base/error.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void fill(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

enum attest_error signals_open(struct signals *ret_signals, struct attest_diag *diag)
{
    sigset_t set;

    fill(&set);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return attest_fail_errno(diag, errno, "to block signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return attest_fail_errno(diag, errno, "to receive signals");
    *ret_signals = (struct signals){ .fd = fd };
    return ATTEST_OK;
}

void signals_close(struct signals *signals)
{
    if (signals->fd > 0)
        close(signals->fd);
}

void signals_take(struct signals *signals)
{
    struct signalfd_siginfo info;

    while (read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info)
        signals->stop = true;
}

void signals_unblock(void)
{
    sigset_t set;

    fill(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
