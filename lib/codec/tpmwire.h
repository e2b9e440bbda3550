/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of the TPM's wire (TPM 2.0 Library Part 2), parsed without policy. Views point into the input. */
#ifndef ATTEST_CODEC_TPMWIRE_H
#define ATTEST_CODEC_TPMWIRE_H

#include "attest/error.h"
#include "attest/hash.h"
#include "attest/view.h"

#include <stdbool.h>

#define ATTEST_TPM_GENERATED_VALUE 0xff544347u /* §10.12.1 */
#define ATTEST_TPM_ST_ATTEST_QUOTE 0x8018u     /* §6.9 */
#define ATTEST_TPM_RH_ENDORSEMENT  0x4000000bu /* §7.4 */

/* TPM_ALG_ID (§6.3), those that are named here. */
enum attest_tpm_alg {
    ATTEST_TPM_ALG_RSA = 0x0001,
    ATTEST_TPM_ALG_SHA1 = 0x0004,
    ATTEST_TPM_ALG_SHA256 = 0x000b,
    ATTEST_TPM_ALG_SHA384 = 0x000c,
    ATTEST_TPM_ALG_SHA512 = 0x000d,
    ATTEST_TPM_ALG_NULL = 0x0010,
    ATTEST_TPM_ALG_RSASSA = 0x0014,
    ATTEST_TPM_ALG_RSAES = 0x0015,
    ATTEST_TPM_ALG_RSAPSS = 0x0016,
    ATTEST_TPM_ALG_ECDSA = 0x0018,
    ATTEST_TPM_ALG_ECDAA = 0x001a,
    ATTEST_TPM_ALG_ECC = 0x0023,
};

/* TPMA_OBJECT (§8.3). */
#define ATTEST_TPMA_FIXED_TPM             0x00000002u
#define ATTEST_TPMA_FIXED_PARENT          0x00000010u
#define ATTEST_TPMA_SENSITIVE_DATA_ORIGIN 0x00000020u
#define ATTEST_TPMA_RESTRICTED            0x00010000u
#define ATTEST_TPMA_DECRYPT               0x00020000u
#define ATTEST_TPMA_SIGN                  0x00040000u

#define ATTEST_TPM_SELECTIONS_MAX         16

/* ATTEST_HASH_NONE for an algorithm that is none of ours; 0 for ATTEST_HASH_NONE. */
enum attest_hash attest_tpmwire_hash(uint16_t alg);
uint16_t attest_tpmwire_alg(enum attest_hash hash);

/* TPMS_PCR_SELECTION (§10.6.2): bit n of `mask` is PCR n. */
struct attest_tpm_selection {
    uint16_t alg;
    uint32_t mask;
};

/* TPMS_ATTEST (§10.12.12). Where magic or type are not those of a quote, nothing behind them is parsed. */
struct attest_tpm_attest {
    uint32_t magic;
    uint16_t type;
    struct attest_view qualified_signer;
    struct attest_view extra_data;
    uint64_t clock; /* milliseconds */
    uint32_t reset_count;
    uint32_t restart_count;
    bool safe;
    uint64_t firmware_version;
    size_t selection_count;
    struct attest_tpm_selection selections[ATTEST_TPM_SELECTIONS_MAX];
    struct attest_view pcr_digest;
};

bool attest_tpmwire_is_quote(const struct attest_tpm_attest *attest);

/* TPMT_PUBLIC (§12.2.4) of an RSA or ECC key. */
struct attest_tpm_public {
    uint16_t type;
    uint16_t name_alg;
    uint32_t attributes;
    struct attest_view auth_policy;
    uint16_t scheme;
    uint16_t scheme_hash; /* 0 where the scheme has none */
    uint16_t key_bits;    /* RSA */
    uint32_t exponent;    /* RSA; 0 stands for 65537 */
    uint16_t curve;       /* ECC: TPM_ECC_CURVE, §6.4 */
    struct attest_view x; /* ECC: x; RSA: the modulus */
    struct attest_view y; /* ECC */
};

/* TPMT_SIGNATURE (§11.3.4). */
struct attest_tpm_signature {
    uint16_t scheme;
    uint16_t hash;
    struct attest_view r; /* ECDSA: r; RSA: the signature */
    struct attest_view s; /* ECDSA */
};

/* All of `wire` must be the structure. ATTEST_TRUNCATED, ATTEST_TRAILING, ATTEST_MALFORMED, ATTEST_UNSUPPORTED.
 */
enum attest_error attest_tpmwire_parse_attest(struct attest_view wire, struct attest_tpm_attest *ret_attest,
                                              struct attest_diag *diag) attest_must_check;
enum attest_error attest_tpmwire_parse_public(struct attest_view wire, struct attest_tpm_public *ret_public,
                                              struct attest_diag *diag) attest_must_check;
enum attest_error attest_tpmwire_parse_signature(struct attest_view wire,
                                                 struct attest_tpm_signature *ret_signature,
                                                 struct attest_diag *diag) attest_must_check;

#endif
