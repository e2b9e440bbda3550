/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does all of it work on this machine? A report that can be sent to whoever has no such machine: what the TPM
 * is, what each step came to and how long it took; no key, nonce, PCR value or name of an instance.
 */
#include <config.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/random.h"
#include "codec/json_writer.h"
#include "daemon/ctl/ask_document.h"
#include "daemon/ctl/ask_evidence.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/output.h"
#include "evidence/evidence.h"
#include "evidence/trust.h"
#include "evidence/verdict.h"

#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#define NONCE_SIZE  32
#define DETAIL_SIZE 512
#define REPORT_MAX  ((size_t)64 << 10)

/* What the steps share. */
struct selftest {
    struct ctl_call *call;
    struct attest_trust *trust;
    uint8_t nonce[NONCE_SIZE]; /* another one for each step */
    char detail[DETAIL_SIZE];  /* what the step has to say where all is well */
};

static uint64_t milliseconds(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A verdict as an error that names the checks that failed. */
static enum attest_error judge(struct ctl_call *call, const struct attest_verdict *verdict,
                               enum attest_error error)
{
    char failed[sizeof call->diag.found] = "not of ";

    if (error != ATTEST_REFUSED)
        return error;
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        const struct attest_check check = attest_verdict_check(verdict, i);
        size_t length = strlen(failed);
        if (!check.ok)
            snprintf(failed + length, sizeof failed - length, "%s ", check.name);
    }
    return attest_fail(&call->diag, ATTEST_REFUSED, failed, "every check to hold");
}

static enum attest_error ask_status(struct selftest *test)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(0);
    _cleanup_(attest_json_cleanup) struct attest_json *status = NULL;
    struct attest_view vendor = attest_view_text("?"), firmware = vendor;
    bool nitrotpm = false;

    attest_try(ctl_client_ask(test->call, "/v1/status", NULL, &answer, &status));
    const struct attest_json *tpm = attest_json_member(status, "tpm");
    (void)(attest_json_text(attest_json_member(tpm, "vendor"), &vendor) &&
           attest_json_text(attest_json_member(tpm, "firmware"), &firmware) &&
           attest_json_boolean(attest_json_member(tpm, "nitrotpm"), &nitrotpm));
    snprintf(test->detail, sizeof test->detail, "TPM of vendor %.*s, firmware %.*s, %s NitroTPM",
             (int)vendor.size, (const char *)vendor.data, (int)firmware.size, (const char *)firmware.data,
             nitrotpm ? "a" : "no");
    return ATTEST_OK;
}

static enum attest_error ask_logs(struct selftest *test)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(0);
    _cleanup_(attest_json_cleanup) struct attest_json *status = NULL;
    struct attest_view replay;

    attest_try(ctl_client_ask(test->call, "/v1/status", NULL, &answer, &status));
    if (!attest_json_text(attest_json_member(attest_json_member(status, "eventlog"), "replay"), &replay))
        return attest_fail(&test->call->diag, ATTEST_MALFORMED, NULL, "\"replay\": a text");
    if (attest_view_equal(replay, attest_view_text("differs")))
        return attest_fail(&test->call->diag, ATTEST_REFUSED, "others",
                           "logs that make the values of the PCRs");
    snprintf(test->detail, sizeof test->detail, "against the PCRs: %.*s", (int)replay.size,
             (const char *)replay.data);
    return ATTEST_OK;
}

static enum attest_error ask_document(struct selftest *test)
{
    _cleanup_(ctl_document_answer_done) struct ctl_document_answer answer = { 0 };
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct ctl_document_wish wish = { .nonce = attest_view_of(test->nonce) };

    if (!verdict)
        return ATTEST_MEMORY;
    attest_try(ctl_ask_document(test->call, &wish, &answer));
    const uint64_t now = milliseconds(CLOCK_REALTIME);
    const struct attest_document_demands demands = { .at = now, .live = true, .nonce = wish.nonce };
    const int64_t skew = (int64_t)(now - attest_document_claims(answer.document).timestamp);
    snprintf(test->detail, sizeof test->detail, "%zu bytes, made %lld ms ago by AWS's clock", answer.bare.size,
             (long long)skew);
    return judge(test->call, verdict, attest_document_verify(answer.document, test->trust, &demands, verdict));
}

static enum attest_error ask_evidence(struct selftest *test, bool cached)
{
    _cleanup_(attest_bytes_done) struct attest_bytes json = attest_bytes_init(0);
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_view nonce = attest_view_of(test->nonce);

    if (!verdict)
        return ATTEST_MEMORY;
    attest_try(ctl_ask_evidence(test->call, nonce, cached, &json, &evidence));
    const struct attest_evidence_demands demands = {
        .at = milliseconds(CLOCK_REALTIME),
        .live = true,
        .nonce = nonce,
        .fresh = !cached,
        .allow_missing_policy = true,
    };
    snprintf(test->detail, sizeof test->detail, "%zu bytes", json.size);
    return judge(test->call, verdict, attest_evidence_verify(evidence, test->trust, &demands, verdict));
}

static enum attest_error ask_fresh(struct selftest *test)
{
    return ask_evidence(test, false);
}

static enum attest_error ask_cached(struct selftest *test)
{
    return ask_evidence(test, true);
}

static const struct {
    const char *name;
    enum attest_error (*run)(struct selftest *test);
} steps[] = {
    { "attestd answers", ask_status },
    { "event logs", ask_logs },
    { "document, up to the root", ask_document },
    { "evidence, fresh", ask_fresh },
    { "evidence, cached", ask_cached },
};

static void write_step(struct attest_json_writer *json, const char *name, bool ok, uint64_t took,
                       const char *detail)
{
    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "name", name);
    attest_json_write_boolean(json, "ok", ok);
    attest_json_write_unsigned(json, "milliseconds", took);
    attest_json_write_text(json, "detail", detail);
    attest_json_close(json, '}');
}

/* One step; what follows goes on whatever came of it. */
static enum attest_error run_step(struct selftest *test, size_t step, struct attest_json_writer *json)
{
    struct ctl_call *call = test->call;
    char found[DETAIL_SIZE];

    attest_try(attest_random_fill(test->nonce, sizeof test->nonce, &call->diag));
    const uint64_t begin = milliseconds(CLOCK_MONOTONIC);
    enum attest_error error = steps[step].run(test);
    const uint64_t took = milliseconds(CLOCK_MONOTONIC) - begin;
    if (error == ATTEST_OK)
        attest_error_printable(test->detail, strlen(test->detail), found, sizeof found);
    else
        ctl_output_describe(call, error, found, sizeof found);
    write_step(json, steps[step].name, error == ATTEST_OK, took, found);
    if (!call->value[CTL_JSON]) {
        ctl_output_label(stdout, steps[step].name);
        ctl_output_coloured(stdout, error == ATTEST_OK ? CTL_GREEN : CTL_RED,
                            error == ATTEST_OK ? "ok" : "FAILED");
        printf(", %u ms: %s\n", (unsigned)took, found);
    }
    call->diag = (struct attest_diag){ 0 };
    call->problem[0] = '\0';
    call->subject = NULL;
    return error;
}

static void write_machine(const struct ctl_call *call, struct attest_json_writer *json)
{
    struct utsname machine;
    char text[DETAIL_SIZE];

    if (uname(&machine) < 0)
        return;
    snprintf(text, sizeof text, "%s %s, %s", machine.sysname, machine.release, machine.machine);
    attest_json_write_text(json, "attestctl", PACKAGE_VERSION);
    attest_json_write_text(json, "machine", text);
    if (!call->value[CTL_JSON]) {
        ctl_output_field(stdout, "attestctl", attest_view_text(PACKAGE_VERSION));
        ctl_output_field(stdout, "machine", attest_view_text(text));
    }
}

/* The first failure decides how the program ends. */
static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();
    _cleanup_(attest_bytes_done) struct attest_bytes report = attest_bytes_init(REPORT_MAX);
    struct attest_json_writer json = { .out = &report };
    struct selftest test = { .call = call, .trust = trust };
    enum attest_error first = ATTEST_OK;

    if (!trust)
        return ATTEST_MEMORY;
    attest_try(ctl_input_roots(call, trust));
    attest_json_open(&json, NULL, '{');
    write_machine(call, &json);
    attest_json_open(&json, "steps", '[');
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum attest_error error = run_step(&test, i, &json);
        first = first == ATTEST_OK ? error : first;
    }
    attest_json_close(&json, ']');
    attest_json_close(&json, '}');
    attest_try(attest_bytes_check(&report));
    if (call->value[CTL_JSON])
        ctl_output_json(attest_bytes_view(&report));
    if (first != ATTEST_OK)
        return attest_fail(&call->diag, first, NULL, "every step to succeed");
    return ATTEST_OK;
}

static const struct ctl_option options[] = {
    { CTL_ROOT, "PEM", "trust this root instead of AWS's, which is built in; may be repeated" },
    { 0 },
};

const struct ctl_command ctl_command_selftest = {
    .name = "selftest",
    .summary = "a report of what works on this machine, to be sent to the developers",
    .about = "Asks attestd for what it can give on an instance with a NitroTPM, verifies that, and reports how "
             "it went. The report says what machine and TPM this is, and names no instance, key or value.",
    .options = options,
    .run = run,
};
