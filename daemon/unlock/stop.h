/* SPDX-License-Identifier: Apache-2.0 */
/* SIGTERM, SIGINT and SIGHUP at any moment: what must not be torn apart is finished first. */
#ifndef ATTEST_UNLOCK_STOP_H
#define ATTEST_UNLOCK_STOP_H

#include "attest/error.h"

#include <stdbool.h>

/* Before the first other thread. When a signal comes, `last_words` is called, by a thread of its own, as soon
 * as nothing is being guarded; then the process ends, with status 3. */
enum attest_error stop_init(void (*last_words)(void *context), void *context, struct attest_diag *diag)
    attest_must_check;

/* Whether one came that found the process guarded. */
bool stop_was_asked(void);

/* Between these the process is not ended. */
void stop_guard(void);
void stop_unguard(void);

/* Instead of the last stop_unguard: nothing is left to be said, and `context` may end. A signal now ends the
 * process without a word. */
void stop_forget(void);

#endif
