/* SPDX-License-Identifier: Apache-2.0 */
/* An attestation document taken apart, as its verification sees it. */
#ifndef ATTEST_EVIDENCE_DOCUMENT_H
#define ATTEST_EVIDENCE_DOCUMENT_H

#include "attest/document.h"
#include "base/bytes.h"
#include "base/certificate.h"
#include "codec/cose.h"
#include "codec/pcrs.h"
#include "evidence/x509.h"

#define ATTEST_DOCUMENT_MAX        ((size_t)16 << 10) /* what AWS's verifiers take; NSM gives at most 12 KiB */
#define ATTEST_DOCUMENT_JSON_MAX   (2 * ATTEST_DOCUMENT_MAX)
#define ATTEST_DOCUMENT_PCRS_MAX   32
#define ATTEST_DOCUMENT_PCR_SIZE   48
#define ATTEST_DOCUMENT_OPTION_MAX 1024 /* of nonce, user_data and public_key each */

struct attest_document {
    struct attest_bytes wire;
    struct attest_cose_sign1 sign1; /* this and all views point into wire */
    struct attest_view module_id;
    struct attest_view digest;
    uint64_t timestamp;
    bool has_enclave_pcrs;  /* "pcrs" */
    bool has_nitrotpm_pcrs; /* "nitrotpm_pcrs" */
    size_t pcr_count;
    struct {
        uint64_t index;
        struct attest_view value;
    } pcrs[ATTEST_DOCUMENT_PCRS_MAX];
    struct attest_x509_chain chain;
    uint8_t root[ATTEST_FINGERPRINT_SIZE]; /* SHA-256 of the chain's first */
    bool root_is_aws;
    struct attest_view public_key, user_data, nonce;
};

void attest_document_cleanup(struct attest_document **document);

/* By the form of the module's id alone: whether it is NitroTPM's or an enclave's. */
enum attest_document_kind attest_document_module_kind(struct attest_view module_id);

/* Those values that TPMs have PCRs for too. */
void attest_document_pcrs(const struct attest_document *document, struct attest_pcrs *ret_pcrs);

#endif
