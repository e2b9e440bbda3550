/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the service manager have to know?
 */
#include "daemon/notify.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>
#include <time.h>

void notify_ready(const char *what)
{
    sd_notifyf(0, "READY=1\nSTATUS=%s", what);
}

void notify_progress(const char *what, uint64_t extend_ms)
{
    if (extend_ms > 0)
        sd_notifyf(0, "STATUS=%s\nEXTEND_TIMEOUT_USEC=%" PRIu64, what, extend_ms * 1000);
    else
        sd_notifyf(0, "STATUS=%s", what);
}

void notify_reloading(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
               (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void notify_alive(void)
{
    sd_notify(0, "WATCHDOG=1");
}

/* Three times within what systemd allows: one may be late, and one lost. */
uint64_t notify_interval(void)
{
    uint64_t limit;

    return sd_watchdog_enabled(0, &limit) > 0 ? limit / 1000 / 3 : 0;
}
