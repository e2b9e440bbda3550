/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the quote hold, and how is that told? Trusts only the verdict: claims are shown in any case, and said to
 * be believable only where it holds.
 */
#include "daemon/ctl/report.h"

#include "base/cleanup.h"
#include "codec/json_writer.h"
#include "codec/pcrs.h"
#include "daemon/ctl/output.h"
#include "evidence/verdict.h"

#include <inttypes.h>

#define REPORT_MAX ((size_t)64 << 10)

static void print_checks(const struct attest_verdict *verdict, FILE *out)
{
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        ctl_output_coloured(out, check.ok ? CTL_GREEN : CTL_RED, check.ok ? "ok  " : "FAIL");
        fputs("  ", out);
        ctl_output_field(out, check.name, attest_view_text(check.detail));
    }
}

void ctl_report_claims(const struct attest_quote *quote, FILE *out)
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

/* The last line: the answer, and which question was not asked or which check failed. */
static void print_outcome(const struct attest_quote_demands *demands, const struct attest_verdict *verdict,
                          FILE *out)
{
    const char *separator = ": ";

    if (attest_verdict_holds(verdict)) {
        ctl_output_coloured(out, CTL_GREEN, "The quote holds");
        fprintf(out, "%s%s.\n", demands->key ? "" : "; whose it is was not asked",
                demands->nonce.data ? "" : "; whether it is a new one was not asked");
        return;
    }
    ctl_output_coloured(out, CTL_RED, "The quote does not hold");
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        if (!check.ok) {
            fprintf(out, "%s%s", separator, check.name);
            separator = ", ";
        }
    }
    fputs(".\n", out);
}

static void print_text(const struct attest_quote *quote, const struct attest_quote_demands *demands,
                       const struct attest_verdict *verdict, FILE *out)
{
    print_checks(verdict, out);
    fputs(attest_verdict_holds(verdict) ? "\nWhat it says:\n"
                                        : "\nWhat it says, not to be believed, as it does not hold:\n",
          out);
    ctl_report_claims(quote, out);
    fputc('\n', out);
    print_outcome(demands, verdict, out);
}

static void write_check(struct attest_json_writer *json, struct attest_check check)
{
    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "name", check.name);
    attest_json_write_boolean(json, "ok", check.ok);
    attest_json_write_text(json, "detail", check.detail);
    attest_json_close(json, '}');
}

static void write_claims(struct attest_json_writer *json, const struct attest_quote *quote)
{
    struct attest_quote_claims claims = attest_quote_claims(quote);
    char index[12];

    attest_json_open(json, "claims", '{');
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
    attest_json_close(json, '}');
}

static enum attest_error print_json(const struct attest_quote *quote, const struct attest_verdict *verdict)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(REPORT_MAX);
    struct attest_json_writer json = { .out = &out };

    attest_json_open(&json, NULL, '{');
    attest_json_write_boolean(&json, "verified", attest_verdict_holds(verdict));
    attest_json_open(&json, "checks", '[');
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        write_check(&json, attest_verdict_check(verdict, i));
    attest_json_close(&json, ']');
    write_claims(&json, quote);
    attest_json_close(&json, '}');
    enum attest_error error = attest_bytes_check(&out);
    if (error == ATTEST_OK)
        ctl_output_json(attest_bytes_view(&out));
    return error;
}

enum attest_error ctl_report_quote(struct ctl_call *call, const struct attest_quote *quote,
                                   const struct attest_quote_demands *demands, FILE *out)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();

    if (!verdict)
        return ATTEST_MEMORY;
    enum attest_error outcome = attest_quote_verify(quote, demands, verdict);
    if (outcome != ATTEST_OK && outcome != ATTEST_REFUSED)
        return outcome;
    if (call->value[CTL_JSON]) {
        enum attest_error error = print_json(quote, verdict);
        return error == ATTEST_OK ? outcome : error;
    }
    print_text(quote, demands, verdict, out);
    return outcome;
}

void ctl_report_failure(const struct ctl_call *call, enum attest_error error)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(REPORT_MAX);
    struct attest_json_writer json = { .out = &out };
    char detail[1024];

    if (!call->value[CTL_JSON])
        return;
    ctl_output_describe(call, error, detail, sizeof detail);
    attest_json_open(&json, NULL, '{');
    attest_json_write_boolean(&json, "verified", false);
    attest_json_open(&json, "checks", '[');
    write_check(&json, (struct attest_check){ .name = "input", .ok = false, .detail = detail });
    attest_json_close(&json, ']');
    attest_json_open(&json, "claims", '{');
    attest_json_close(&json, '}');
    attest_json_close(&json, '}');
    if (attest_bytes_check(&out) == ATTEST_OK)
        ctl_output_json(attest_bytes_view(&out));
}
