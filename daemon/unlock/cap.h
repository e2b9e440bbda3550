/* SPDX-License-Identifier: Apache-2.0 */
/* What a run measures, and how it ends a boot's right to secrets. */
#ifndef ATTEST_UNLOCK_CAP_H
#define ATTEST_UNLOCK_CAP_H

#include "daemon/config.h"
#include "daemon/unlock/ask.h"
#include "daemon/unlock/job.h"

/* The PCRs that a run extends, as they are known to be (SHA-384): begun by a document, carried on by computing.
 */
struct cap {
    const struct config *config;
    struct ask *ask;
    uint32_t known; /* bit n: values[n] */
    uint8_t values[24][ASK_DIGEST_SIZE];
};

/* Before the first document: [unlock] measure-config. The PCR must be as after boot, all zero, or as this very
 * measurement made it. ATTEST_REFUSED if it is not: capped already, or used by somebody else. */
enum attest_error cap_measure_config(struct cap *cap, struct attest_diag *diag) attest_must_check;

/* After the first document: ATTEST_REFUSED if this boot is capped. */
enum attest_error cap_check(struct cap *cap, struct attest_diag *diag) attest_must_check;

/* [secret] measure-pcr. */
enum attest_error cap_measure_secret(struct cap *cap, const struct job_secret *job, struct attest_diag *diag)
    attest_must_check;

/* Extends the cap PCR, and believes only a second document that it shows the value that this makes. */
enum attest_error cap_close(struct cap *cap, struct attest_diag *diag) attest_must_check;

#endif
