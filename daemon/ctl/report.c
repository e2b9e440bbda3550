/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does it hold, and how is that told? Trusts only the verdict: claims are shown in any case, and said to
 * be believable only where it holds.
 */
#include "daemon/ctl/report.h"

#include "base/cleanup.h"
#include "daemon/ctl/output.h"
#include "evidence/verdict.h"

#define REPORT_MAX ((size_t)128 << 10)

static void print_checks(const struct attest_verdict *verdict, FILE *out)
{
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        ctl_output_coloured(out, check.ok ? CTL_GREEN : CTL_RED, check.ok ? "ok  " : "FAIL");
        fputs("  ", out);
        ctl_output_field(out, check.name, attest_view_text(check.detail));
    }
}

/* The last line: the answer, and which question was not asked or which check failed. */
static void print_outcome(const struct ctl_report *report, const struct attest_verdict *verdict, FILE *out)
{
    const char *separator = ": ";

    fputs("The ", out);
    fputs(report->noun, out);
    if (attest_verdict_holds(verdict)) {
        ctl_output_coloured(out, CTL_GREEN, " holds");
        for (size_t i = 0; i < CTL_UNASKED_MAX; i++)
            if (report->unasked[i])
                fprintf(out, "; %s", report->unasked[i]);
        fputs(".\n", out);
        return;
    }
    ctl_output_coloured(out, CTL_RED, " does not hold");
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        if (!check.ok) {
            fprintf(out, "%s%s", separator, check.name);
            separator = ", ";
        }
    }
    fputs(".\n", out);
}

static void print_text(const struct ctl_report *report, const struct attest_verdict *verdict, FILE *out)
{
    print_checks(verdict, out);
    fputs(attest_verdict_holds(verdict) ? "\nWhat it says:\n"
                                        : "\nWhat it says, not to be believed, as it does not hold:\n",
          out);
    report->print_claims(out, report->subject);
    fputc('\n', out);
    print_outcome(report, verdict, out);
}

static void write_check(struct attest_json_writer *json, struct attest_check check)
{
    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "name", check.name);
    attest_json_write_boolean(json, "ok", check.ok);
    attest_json_write_text(json, "detail", check.detail);
    attest_json_close(json, '}');
}

static enum attest_error print_json(const struct ctl_report *report, const struct attest_verdict *verdict)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(REPORT_MAX);
    struct attest_json_writer json = { .out = &out };

    attest_json_open(&json, NULL, '{');
    attest_json_write_boolean(&json, "verified", attest_verdict_holds(verdict));
    attest_json_open(&json, "checks", '[');
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        write_check(&json, attest_verdict_check(verdict, i));
    attest_json_close(&json, ']');
    attest_json_open(&json, "claims", '{');
    report->write_claims(&json, report->subject);
    attest_json_close(&json, '}');
    attest_json_close(&json, '}');
    enum attest_error error = attest_bytes_check(&out);
    if (error == ATTEST_OK)
        ctl_output_json(attest_bytes_view(&out));
    return error;
}

enum attest_error ctl_report_verdict(const struct ctl_call *call, const struct ctl_report *report,
                                     const struct attest_verdict *verdict, enum attest_error outcome, FILE *out)
{
    if (outcome != ATTEST_OK && outcome != ATTEST_REFUSED)
        return outcome;
    if (call->value[CTL_JSON]) {
        enum attest_error error = print_json(report, verdict);
        return error == ATTEST_OK ? outcome : error;
    }
    print_text(report, verdict, out);
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
