/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the evidence hold, and what does it say? Trusts only the verdict, which report.c tells. Of each PCR it
 * is told whose word its value is.
 */
#include "daemon/ctl/report_evidence.h"

#include "base/cleanup.h"
#include "codec/pcrs.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report.h"
#include "daemon/ctl/report_document.h"
#include "evidence/verdict.h"

#include <inttypes.h>

/* What the claims are written from. */
struct subject {
    const struct attest_evidence *evidence;
    bool live;
};

static void print_pcrs(FILE *out, const struct attest_evidence *evidence)
{
    char label[16];

    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        enum attest_voucher voucher = attest_evidence_voucher(evidence, i);
        if (voucher == ATTEST_VOUCHER_NONE)
            continue;
        snprintf(label, sizeof label, "PCR %u, %s", i, attest_voucher_name(voucher));
        ctl_output_field_hex(out, label, attest_quote_pcr(attest_evidence_quote(evidence), i));
    }
}

static void print_claims(FILE *out, const void *context)
{
    const struct subject *subject = context;
    struct attest_evidence_claims claims = attest_evidence_claims(subject->evidence);
    struct attest_quote_claims quote = attest_quote_claims(attest_evidence_quote(subject->evidence));

    ctl_report_document_print_origin(out, attest_evidence_document(subject->evidence), subject->live);
    ctl_output_field(out, "endorsement", attest_view_text(claims.fresh ? "fresh" : "cached"));
    ctl_output_field_hex(out, "nonce", quote.nonce);
    ctl_output_field_hex(out, "ak_name", quote.ak_name);
    ctl_output_label(out, "clock");
    fprintf(out, "%" PRIu64 " ms\n", quote.clock);
    ctl_output_label(out, "reset_count");
    fprintf(out, "%" PRIu32 "\n", quote.reset_count);
    ctl_output_label(out, "restart_count");
    fprintf(out, "%" PRIu32 "\n", quote.restart_count);
    ctl_output_label(out, "firmware_version");
    fprintf(out, "0x%016" PRIx64 "\n", quote.firmware_version);
    ctl_output_label(out, "secure_boot");
    fprintf(out, "%s%s\n",
            claims.secure_boot ? "yes" : "not shown: ", claims.secure_boot ? "" : claims.secure_boot_reason);
    print_pcrs(out, subject->evidence);
}

/* Twice over the same PCRs: their values, and whose word these are. */
static void write_pcrs(struct attest_json_writer *json, const struct attest_evidence *evidence)
{
    const struct attest_quote *quote = attest_evidence_quote(evidence);
    char index[12];

    attest_json_open(json, "pcrs", '{');
    attest_json_open(json, attest_hash_name(attest_quote_claims(quote).bank), '{');
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        snprintf(index, sizeof index, "%u", i);
        if (attest_evidence_voucher(evidence, i) != ATTEST_VOUCHER_NONE)
            attest_json_write_hex(json, index, attest_quote_pcr(quote, i));
    }
    attest_json_close(json, '}');
    attest_json_close(json, '}');
    attest_json_open(json, "vouched_by", '{');
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        enum attest_voucher voucher = attest_evidence_voucher(evidence, i);
        snprintf(index, sizeof index, "%u", i);
        if (voucher != ATTEST_VOUCHER_NONE)
            attest_json_write_text(json, index, attest_voucher_name(voucher));
    }
    attest_json_close(json, '}');
}

static void write_claims(struct attest_json_writer *json, const void *context)
{
    const struct subject *subject = context;
    struct attest_evidence_claims claims = attest_evidence_claims(subject->evidence);
    struct attest_quote_claims quote = attest_quote_claims(attest_evidence_quote(subject->evidence));

    ctl_report_document_write_origin(json, attest_evidence_document(subject->evidence), subject->live);
    if (claims.instance.data)
        attest_json_write_text_view(json, "instance", claims.instance);
    else
        attest_json_write_null(json, "instance");
    attest_json_write_text(json, "endorsement", claims.fresh ? "fresh" : "cached");
    attest_json_write_hex(json, "nonce", quote.nonce);
    attest_json_write_hex(json, "ak_name", quote.ak_name);
    attest_json_write_unsigned(json, "clock", quote.clock);
    attest_json_write_unsigned(json, "reset_count", quote.reset_count);
    attest_json_write_unsigned(json, "restart_count", quote.restart_count);
    attest_json_write_unsigned(json, "firmware_version", quote.firmware_version);
    attest_json_write_boolean(json, "secure_boot", claims.secure_boot);
    attest_json_write_text(json, "secure_boot_reason", claims.secure_boot ? "" : claims.secure_boot_reason);
    write_pcrs(json, subject->evidence);
}

void ctl_report_evidence_claims(const struct attest_evidence *evidence, FILE *out)
{
    const struct subject subject = { evidence, true };

    print_claims(out, &subject);
}

enum attest_error ctl_report_evidence(struct ctl_call *call, const struct attest_evidence *evidence,
                                      struct attest_trust *trust, const struct attest_evidence_demands *demands,
                                      FILE *out)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct subject subject = { evidence, demands->live };
    const struct ctl_report report = {
        .noun = "evidence",
        .unasked = { demands->nonce.data ? NULL : "whether it is new was not asked",
                     demands->policy ? NULL : "whether the machine is wanted was not asked",
                     demands->live ? NULL : "whether it still does was not asked" },
        .write_claims = write_claims,
        .print_claims = print_claims,
        .subject = &subject,
    };

    if (!verdict)
        return ATTEST_MEMORY;
    return ctl_report_verdict(call, &report, verdict, attest_evidence_verify(evidence, trust, demands, verdict),
                              out);
}
