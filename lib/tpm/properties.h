/* SPDX-License-Identifier: Apache-2.0 */
/* Who made this TPM, and what can it do? */
#ifndef ATTEST_TPM_PROPERTIES_H
#define ATTEST_TPM_PROPERTIES_H

#include "attest/hash.h"
#include "tpm/context.h"

struct attest_tpm_properties {
    char manufacturer[5]; /* of TPM_PT_MANUFACTURER */
    char vendor[17];      /* of TPM_PT_VENDOR_STRING_1 to 4 */
    uint64_t firmware_version;
    uint32_t nonce_max;     /* bytes of the largest qualifyingData that a quote takes */
    uint32_t nv_buffer_max; /* bytes that one TPM2_NV_Read gives at most */
    unsigned banks;         /* bit n: the bank of enum attest_hash n is active */
    bool other_banks;       /* one of an algorithm that is none of enum attest_hash is active */
};

enum attest_error attest_tpm_properties_read(struct attest_tpm *tpm,
                                             struct attest_tpm_properties *ret_properties,
                                             struct attest_diag *diag) attest_must_check;

#endif
