/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What unlocking secrets measures into PCRs: which PCRs it may touch, and the bytes of each event. A PCR is
 * extended in each active bank with that bank's digest of these bytes, so that whoever verifies or predicts can
 * compute it.
 *
 *     secret    "attestd-secret" NUL NAME NUL, then the SHA-384 of the sealed form (48 bytes)
 *     config    "attestd-config" NUL, then the SHA-384 of the effective configuration (48 bytes)
 *     cap       "attestd-cap"
 */
#ifndef ATTEST_EVIDENCE_UNLOCKEVENT_H
#define ATTEST_EVIDENCE_UNLOCKEVENT_H

#include "base/bytes.h"

#define ATTEST_UNLOCKEVENT_NAME_MAX    ((size_t)128)
#define ATTEST_UNLOCKEVENT_DIGEST_SIZE ((size_t)48)
#define ATTEST_UNLOCKEVENT_MAX         ((size_t)256) /* bytes of an event */

/* Whether unlocking may extend it: not 0 to 13 and 15, which are the firmware's, the kernel's and systemd's,
 * and not 16 and 23, which anybody can reset (PC Client Platform TPM Profile §4.6.2). */
bool attest_unlockevent_is_allowed(unsigned pcr);

/* Whether it can be a secret's name: 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with a dot. It also is a
 * file's name, and the ID of a credential (systemd.exec(5)). */
bool attest_unlockevent_is_name(struct attest_view name);

/* `name` is that of the secret, empty for the configuration's event; both are right, or ATTEST_INTERNAL. */
enum attest_error attest_unlockevent_write(struct attest_view name, struct attest_view digest,
                                           struct attest_bytes *ret_event) attest_must_check;
struct attest_view attest_unlockevent_cap(void);

#endif
