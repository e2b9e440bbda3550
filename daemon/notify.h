/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd is told (sd_notify(3)); nothing happens where it did not start us. */
#ifndef ATTESTD_NOTIFY_H
#define ATTESTD_NOTIFY_H

#include <stdint.h>

/* That what was started is up, and what is so from now on. */
void notify_ready(const char *what);

/* What it is at, and that the start may take so much longer from now on (milliseconds; 0: no matter). */
void notify_progress(const char *what, uint64_t extend_ms);
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void);

/* How often notify_alive is to be called, in milliseconds; 0: never. */
uint64_t notify_interval(void);

#endif
