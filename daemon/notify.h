/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd is told (sd_notify(3)); nothing happens where it did not start us. */
#ifndef ATTESTD_NOTIFY_H
#define ATTESTD_NOTIFY_H

#include <stdint.h>

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void);

/* How often notify_alive is to be called, in milliseconds; 0: never. */
uint64_t notify_interval(void);

#endif
