/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence taken apart, as its verification sees it, and written. */
#ifndef ATTEST_EVIDENCE_EVIDENCE_H
#define ATTEST_EVIDENCE_EVIDENCE_H

#include "attest/evidence.h"
#include "evidence/endorsement.h"
#include "evidence/eventlog.h"
#include "evidence/quote.h"

#define ATTEST_EVIDENCE_MAX (ATTEST_BUNDLE_MAX + ATTEST_DOCUMENT_JSON_MAX + ((size_t)16 << 10))

/* What firmware and boot loader measure before anything that attestd could run in, but for PCR 11, in which
 * systemd goes on: these don't change between document and quote. */
#define ATTEST_EVIDENCE_BOOT_PCRS 0x33ffu /* 0 to 9, 12, 13 */

/* One of these says which image was booted. */
#define ATTEST_EVIDENCE_IMAGE_PCRS (1u << 4 | 1u << 7 | 1u << 11)

struct attest_evidence {
    struct attest_bytes nonce;
    struct attest_endorsement endorsement;
    struct attest_quote *quote;
    struct attest_eventlog *eventlog; /* the quote's logs replayed; NULL if it has none */
    bool fresh;                       /* the document's nonce is the evidence's */
};

void attest_evidence_cleanup(struct attest_evidence **evidence);

/* {"type":"attestd-evidence","nonce":hex,"endorsement":{...},"quote":{...}}. What follows the endorsement is as
 * in attest_bundle_write: the new quote with the same nonce. */
void attest_evidence_write(struct attest_json_writer *json, struct attest_view nonce,
                           const struct attest_endorsement_parts *endorsement, const struct attest_pcrs *pcrs,
                           struct attest_view quoted, struct attest_view signature,
                           const struct attest_tpmkey *ak, struct attest_view ak_pem,
                           const struct attest_view logs[ATTEST_LOG_COUNT]);

#endif
