/* SPDX-License-Identifier: Apache-2.0 */
/* Has the AK endorsed, as soon as there is a TPM and again in time: so that who asks finds an endorsement
 * there, and no start waits for one. On the main thread. */
#ifndef ATTESTD_ENDORSER_H
#define ATTESTD_ENDORSER_H

#include "daemon/tpm_worker.h"

enum endorser_stage {
    ENDORSER_NONE, /* AWS endorses no AK of this TPM: it is no NitroTPM */
    ENDORSER_PENDING,
    ENDORSER_HELD,
    ENDORSER_FAILED, /* error and diag say why; it is tried again */
};

struct endorser {
    struct tpm_worker *worker;
    enum endorser_stage stage;
    enum attest_error error;
    struct attest_diag diag;
    uint64_t expires; /* of the one that is held: milliseconds of CLOCK_MONOTONIC */

    bool asked;     /* the TPM thread has the job */
    uint64_t opens; /* of the TPM (tpm_worker_state): each wants a new endorsement */
    uint64_t due;   /* when the next one is to be made */
    uint64_t backoff;
};

/* Asks for an endorsement where one is due at `now`; tells when the next one will be. */
uint64_t endorser_run(struct endorser *endorser, uint64_t now);

/* "none", "pending", "held", "failed" */
const char *endorser_stage_name(enum endorser_stage stage);

#endif
