/* SPDX-License-Identifier: Apache-2.0 */
/* From a data key to the key of one message. */
#ifndef ATTEST_SEAL_DERIVE_H
#define ATTEST_SEAL_DERIVE_H

#include "base/secret.h"
#include "seal/message.h"

/* The message's encryption key, NULL where the suite has no KDF and the data key itself is it: secrets aren't
 * copied; and the commitment, NULL where the suite has none. The caller frees.
 * ATTEST_MALFORMED if the data key is not of the suite's size. */
enum attest_error attest_derive(const struct attest_suite *suite, struct attest_view message_id,
                                struct attest_secret *data_key, struct attest_secret **ret_key,
                                struct attest_secret **ret_commitment, struct attest_diag *diag)
    attest_must_check;

#endif
