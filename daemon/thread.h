/* SPDX-License-Identifier: Apache-2.0 */
/* A thread beside attestd's main one: small, for its stack counts where memory is scarce, and deaf to signals,
 * which the main thread reads. */
#ifndef ATTESTD_THREAD_H
#define ATTESTD_THREAD_H

#include "attest/error.h"

#include <pthread.h>
#include <stdbool.h>

/* `name` is for the diag: "the TPM thread". */
enum attest_error thread_start(void *(*run)(void *context), void *context, const char *name,
                               pthread_t *ret_thread, struct attest_diag *diag) attest_must_check;

/* Waits for its end. False if it has not come after `milliseconds`: it is stuck, and what it uses must stay. */
bool thread_join_within(pthread_t thread, unsigned milliseconds);

#endif
