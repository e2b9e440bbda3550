/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the quote hold, and what does it say? Trusts only the verdict, which report.c tells.
 */
#include "daemon/ctl/report_quote.h"

#include "base/cleanup.h"
#include "codec/pcrs.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report.h"
#include "evidence/verdict.h"

#include <inttypes.h>

void ctl_report_quote_claims(const struct attest_quote *quote, FILE *out)
{
    struct attest_quote_claims claims = attest_quote_claims(quote);

    ctl_output_field_hex(out, "nonce", claims.nonce);
    if (claims.ak_name.data)
        ctl_output_field_hex(out, "ak_name", claims.ak_name);
    ctl_output_label(out, "clock");
    fprintf(out, "%" PRIu64 " ms%s\n", claims.clock,
            claims.clock_safe ? "" : " (not safe: it may have been set back)");
    ctl_output_label(out, "reset_count");
    fprintf(out, "%" PRIu32 "\n", claims.reset_count);
    ctl_output_label(out, "restart_count");
    fprintf(out, "%" PRIu32 "\n", claims.restart_count);
    ctl_output_label(out, "firmware_version");
    fprintf(out, "0x%016" PRIx64 "\n", claims.firmware_version);
    ctl_output_field(out, "bank", attest_view_text(attest_hash_name(claims.bank)));
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        char label[16];
        snprintf(label, sizeof label, "PCR %u", i);
        if (claims.pcr_mask >> i & 1)
            ctl_output_field_hex(out, label, attest_quote_pcr(quote, i));
    }
}

static void print_claims(FILE *out, const void *context)
{
    ctl_report_quote_claims(context, out);
}

static void write_claims(struct attest_json_writer *json, const void *context)
{
    const struct attest_quote *quote = context;
    struct attest_quote_claims claims = attest_quote_claims(quote);
    char index[12];

    attest_json_write_text(json, "bank", attest_hash_name(claims.bank));
    attest_json_open(json, "pcrs", '{');
    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        snprintf(index, sizeof index, "%u", i);
        if (claims.pcr_mask >> i & 1)
            attest_json_write_hex(json, index, attest_quote_pcr(quote, i));
    }
    attest_json_close(json, '}');
    attest_json_write_hex(json, "nonce", claims.nonce);
    if (claims.ak_name.data)
        attest_json_write_hex(json, "ak_name", claims.ak_name);
    else
        attest_json_write_null(json, "ak_name");
    attest_json_write_unsigned(json, "clock", claims.clock);
    attest_json_write_unsigned(json, "reset_count", claims.reset_count);
    attest_json_write_unsigned(json, "restart_count", claims.restart_count);
    attest_json_write_unsigned(json, "firmware_version", claims.firmware_version);
}

enum attest_error ctl_report_quote(struct ctl_call *call, const struct attest_quote *quote,
                                   const struct attest_quote_demands *demands, FILE *out)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct ctl_report report = {
        .noun = "quote",
        .unasked = { demands->key ? NULL : "whose it is was not asked",
                     demands->nonce.data ? NULL : "whether it is a new one was not asked" },
        .write_claims = write_claims,
        .print_claims = print_claims,
        .subject = quote,
    };

    if (!verdict)
        return ATTEST_MEMORY;
    return ctl_report_verdict(call, &report, verdict, attest_quote_verify(quote, demands, verdict), out);
}
