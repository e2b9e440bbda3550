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

#define ENDORSER_BACKOFF 1000 /* milliseconds, after a first failure */

struct endorser {
    struct tpm_worker *worker;
    bool asked;              /* the TPM thread has the job */
    bool tried;              /* since the TPM was opened */
    enum attest_error error; /* of the last try, and its diag */
    struct attest_diag diag;
    uint64_t opens;   /* of the TPM, as far as they were seen */
    uint64_t made;    /* of the endorsement that was seen last; 0: there was none */
    uint64_t due;     /* when the next one is to be made: milliseconds of CLOCK_MONOTONIC */
    uint64_t backoff; /* milliseconds until the next try, where this one fails */
};

/* Asks for an endorsement where one is due at `now`; tells when the next one will be. */
uint64_t endorser_run(struct endorser *endorser, uint64_t now);

enum endorser_stage endorser_stage(const struct endorser *endorser);

/* "none", "pending", "held", "failed" */
const char *endorser_stage_name(enum endorser_stage stage);

/* Seconds until the one that is held expires; 0 where none is. */
uint64_t endorser_left(const struct endorser *endorser);

#endif
