/* SPDX-License-Identifier: Apache-2.0 */
/* A message's header, authenticated; with it, its one key. */
#ifndef ATTEST_SEAL_HEADER_H
#define ATTEST_SEAL_HEADER_H

#include "base/gcm.h"
#include "base/verifier.h"
#include "seal/message.h"

/* The message's decryption, once commitment and header tag have shown that the data key is the message's.
 * ATTEST_REFUSED, ATTEST_MALFORMED (a data key of another size). The caller frees. */
enum attest_error attest_header_open(const struct attest_message *message, struct attest_secret *data_key,
                                     struct attest_gcm **ret_gcm, struct attest_diag *diag) attest_must_check;

/* What checks the signature in the footer, fed with the header; NULL for a suite without signature. The header
 * must have been opened, for it has the public key. ATTEST_MALFORMED: none in a signed message, one in another.
 * The caller frees. */
enum attest_error attest_header_verifier(const struct attest_message *message,
                                         struct attest_verifier **ret_verifier, struct attest_diag *diag)
    attest_must_check;

#endif
