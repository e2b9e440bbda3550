/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the document hold, and what does it say? Trusts only the verdict, which report.c tells.
 */
#include "daemon/ctl/report_document.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report.h"
#include "evidence/document.h"
#include "evidence/policy.h"

#include <inttypes.h>

/* What the claims are written from. */
struct subject {
    const struct attest_document *document;
    bool live;
};

static void print_optional(FILE *out, const char *label, struct attest_view value)
{
    if (value.data)
        ctl_output_field_hex(out, label, value);
}

/* `live` is NULL where nothing was judged. */
static void print_origin(FILE *out, const struct attest_document *document, const char *live)
{
    struct attest_document_claims claims = attest_document_claims(document);
    char moment[ATTEST_TIME_SIZE];

    ctl_output_field(out, "kind", attest_view_text(attest_document_kind_name(claims.kind)));
    ctl_output_field(out, "module_id", claims.module_id);
    attest_time_format((int64_t)(claims.timestamp / 1000), moment);
    ctl_output_label(out, "timestamp");
    fprintf(out, "%" PRIu64 " ms (%s)\n", claims.timestamp, moment);
    if (live)
        ctl_output_field(out, "live", attest_view_text(live));
    if (claims.root_is_aws)
        ctl_output_field(out, "root", attest_view_text("aws"));
    else
        ctl_output_field_hex(out, "root", claims.root);
}

void ctl_report_document_print_origin(FILE *out, const struct attest_document *document, bool live)
{
    print_origin(out, document, live ? "yes" : "no, judged at the time of --at");
}

static void print_contents(FILE *out, const struct attest_document *document)
{
    struct attest_document_claims claims = attest_document_claims(document);
    char label[16];

    print_optional(out, "nonce", claims.nonce);
    print_optional(out, "user_data", claims.user_data);
    print_optional(out, "public_key", claims.public_key);
    for (unsigned i = 0; i < ATTEST_DOCUMENT_PCRS_MAX; i++) {
        snprintf(label, sizeof label, "PCR %u", i);
        print_optional(out, label, attest_document_pcr(document, i));
    }
}

static void print_claims(FILE *out, const void *context)
{
    const struct subject *subject = context;

    ctl_report_document_print_origin(out, subject->document, subject->live);
    print_contents(out, subject->document);
}

void ctl_report_document_claims(const struct attest_document *document, FILE *out)
{
    print_origin(out, document, NULL);
    print_contents(out, document);
}

static void write_pcrs(struct attest_json_writer *json, const struct attest_document *document)
{
    char index[12];

    attest_json_open(json, "pcrs", '{');
    attest_json_open(json, "sha384", '{');
    for (unsigned i = 0; i < ATTEST_DOCUMENT_PCRS_MAX; i++) {
        struct attest_view value = attest_document_pcr(document, i);
        snprintf(index, sizeof index, "%u", i);
        if (value.data)
            attest_json_write_hex(json, index, value);
    }
    attest_json_close(json, '}');
    attest_json_close(json, '}');
}

/* Hexadecimal for the nonce, base64 for what is any bytes; null where there is none. */
static void write_optional(struct attest_json_writer *json, const char *name, struct attest_view value,
                           void (*write)(struct attest_json_writer *, const char *, struct attest_view))
{
    if (value.data)
        write(json, name, value);
    else
        attest_json_write_null(json, name);
}

void ctl_report_document_write_origin(struct attest_json_writer *json, const struct attest_document *document,
                                      bool live)
{
    struct attest_document_claims claims = attest_document_claims(document);

    attest_json_write_text(json, "kind", attest_document_kind_name(claims.kind));
    attest_json_write_text_view(json, "module_id", claims.module_id);
    attest_json_write_unsigned(json, "timestamp", claims.timestamp);
    attest_json_write_boolean(json, "live", live);
    if (claims.root_is_aws)
        attest_json_write_text(json, "root", "aws");
    else
        attest_json_write_hex(json, "root", claims.root);
}

static void write_claims(struct attest_json_writer *json, const void *context)
{
    const struct subject *subject = context;
    struct attest_document_claims claims = attest_document_claims(subject->document);

    ctl_report_document_write_origin(json, subject->document, subject->live);
    write_pcrs(json, subject->document);
    write_optional(json, "nonce", claims.nonce, attest_json_write_hex);
    write_optional(json, "user_data", claims.user_data, attest_json_write_base64);
    write_optional(json, "public_key", claims.public_key, attest_json_write_base64);
}

static bool asks_freshness(const struct attest_document_demands *demands)
{
    uint64_t seconds;

    return demands->nonce.data || demands->max_age > 0 ||
           (demands->policy && attest_policy_max_age(demands->policy, &seconds));
}

enum attest_error ctl_report_document(struct ctl_call *call, const struct attest_document *document,
                                      struct attest_trust *trust, const struct attest_document_demands *demands,
                                      FILE *out)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct subject subject = { document, demands->live };
    const struct ctl_report report = {
        .noun = "document",
        .unasked = { asks_freshness(demands) ? NULL : "whether it is a new one was not asked",
                     demands->live ? NULL : "whether it still does was not asked" },
        .write_claims = write_claims,
        .print_claims = print_claims,
        .subject = &subject,
    };

    if (!verdict)
        return ATTEST_MEMORY;
    return ctl_report_verdict(call, &report, verdict, attest_document_verify(document, trust, demands, verdict),
                              out);
}
