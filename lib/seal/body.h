/* SPDX-License-Identifier: Apache-2.0 */
/* What a message's body consists of, for who reads it (unseal.h) and who writes it (seal.h). */
#ifndef ATTEST_SEAL_BODY_H
#define ATTEST_SEAL_BODY_H

#include "base/gcm.h"

#define ATTEST_BODY_END      0xffffffffu /* before the final frame; no frame has that number */
#define ATTEST_BODY_ID_MAX   32
#define ATTEST_BODY_SIZE_MAX (((uint64_t)1 << 36) - 32) /* bytes under one IV, SP 800-38D §5.2.1.1 */

enum attest_body_kind {
    ATTEST_BODY_UNFRAMED,
    ATTEST_BODY_FRAME,
    ATTEST_BODY_FINAL_FRAME,
};

/* The IV that a writer gives the frame of that number, from 1, or the header, with 0. */
void attest_body_iv(uint32_t sequence, uint8_t ret_iv[ATTEST_GCM_IV_SIZE]);

/* Begins the frame (or all of an unframed body, with number 1) of `size` bytes under that IV, with what is
 * authenticated beside it. */
enum attest_error attest_body_begin(struct attest_gcm *gcm, struct attest_view message_id,
                                    enum attest_body_kind kind, uint32_t sequence,
                                    const uint8_t iv[ATTEST_GCM_IV_SIZE], uint64_t size) attest_must_check;

#endif
