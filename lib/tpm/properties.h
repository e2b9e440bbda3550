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
    uint32_t digest_max;    /* bytes of the largest digest */
    uint32_t nv_buffer_max; /* bytes that one TPM2_NV_Read gives at most */
    unsigned banks;         /* bit n: the bank of enum attest_hash n is active */
};

/* The largest qualifyingData a quote takes: TPM2B_DATA is as large as a TPMT_HA (TPM 2.0 Part 2 §10.4.3). */
#define ATTEST_TPM_NONCE_MAX(properties) ((size_t)(properties)->digest_max + 2)

enum attest_error attest_tpm_properties_read(struct attest_tpm *tpm,
                                             struct attest_tpm_properties *ret_properties,
                                             struct attest_diag *diag) attest_must_check;

#endif
