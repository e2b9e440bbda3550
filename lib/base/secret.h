/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one secret type: of fixed size, in pages of its own that are locked (mlock), kept out of core files
 * (MADV_DONTDUMP) and of children (MADV_WIPEONFORK), and wiped when freed. Secrets are moved, never copied, and
 * nothing that prints, logs or writes JSON accepts one.
 */
#ifndef ATTEST_BASE_SECRET_H
#define ATTEST_BASE_SECRET_H

#include "attest/error.h"

struct attest_secret;

/* Zeroed bytes, at most ATTEST_SECRET_MAX of them. A failed mlock is an error (ATTEST_SYSTEM, errno in the
 * diag). */
#define ATTEST_SECRET_MAX ((size_t)1 << 20)
enum attest_error attest_secret_new(size_t size, struct attest_secret **ret_secret, struct attest_diag *diag)
    attest_must_check;

/* NULL is accepted. */
void attest_secret_free(struct attest_secret *secret);
void attest_secret_cleanup(struct attest_secret **secret);

uint8_t *attest_secret_data(struct attest_secret *secret);
size_t attest_secret_size(const struct attest_secret *secret);

/* Wipes what is behind the first `size` bytes and forgets it, for what turned out shorter than its room. */
void attest_secret_shrink(struct attest_secret *secret, size_t size);

#endif
