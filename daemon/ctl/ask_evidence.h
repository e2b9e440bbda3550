/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence asked for, which is for the nonce that it was asked with. */
#ifndef ATTESTCTL_ASK_EVIDENCE_H
#define ATTESTCTL_ASK_EVIDENCE_H

#include "attest/evidence.h"
#include "base/bytes.h"
#include "daemon/ctl/options.h"

/* `ret_json` is the answer as attestd gave it. With `cached` the endorsement is the one that attestd keeps;
 * ATTEST_REFUSED if the evidence is for another nonce, or its endorsement for none where one was wanted. */
enum attest_error ctl_ask_evidence(struct ctl_call *call, struct attest_view nonce, bool cached,
                                   struct attest_bytes *ret_json, struct attest_evidence **ret_evidence)
    attest_must_check;

#endif
