/* SPDX-License-Identifier: Apache-2.0 */
/* Who owns a message buffer in the TPM: this process, and whether another is still there. */
#ifndef ATTESTD_OWNER_H
#define ATTESTD_OWNER_H

#include "tpm/nvbuffer.h"

/* The boot of the TPM is for the caller to fill in. */
struct attest_tpm_owners owner_self(void);

#endif
