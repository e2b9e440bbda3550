/* SPDX-License-Identifier: Apache-2.0 */
/* How much of the logs belongs to a quote: logs that grow may have grown since. */
#ifndef ATTEST_EVIDENCE_LOGCUT_H
#define ATTEST_EVIDENCE_LOGCUT_H

#include "attest/eventlog.h"
#include "codec/pcrs.h"

/* `logs`: as far as they were read, empty where there is none. Cuts those of IMA and systemd behind the record
 * after which all PCRs that they extend and that `pcrs` has are as in `pcrs`: to nothing where that needs no
 * record of them, or where they extend none of `pcrs`. One that never gives the values stays whole: whoever
 * verifies has to see that. ATTEST_MALFORMED and the like where one is no such log at all. */
enum attest_error attest_logcut(struct attest_view logs[ATTEST_LOG_COUNT], const struct attest_pcrs *pcrs,
                                struct attest_diag *diag) attest_must_check;

#endif
