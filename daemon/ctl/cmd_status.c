/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What are attestd and its TPM, and who else may use that TPM? Trusts nothing in the answer but that it is
 * JSON: what is not there or of another type is shown as not known.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/output.h"

static struct attest_view text_of(const struct attest_json *object, const char *name)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(object, name), &text))
        return attest_view_text("not known");
    return text;
}

static const char *answer_of(const struct attest_json *object, const char *name)
{
    bool value;

    if (!attest_json_boolean(attest_json_member(object, name), &value))
        return "not known";
    return value ? "yes" : "no";
}

/* The texts of an array, with `separator` between. */
static void print_list(const struct attest_json *array, const char *separator)
{
    struct attest_view text;

    for (size_t i = 0; attest_json_text(attest_json_element(array, i), &text); i++) {
        fputs(i > 0 ? separator : "", stdout);
        ctl_output_text(stdout, text, false);
    }
}

static void print_opener(const struct attest_json *opener)
{
    const struct attest_json *members = attest_json_member(opener, "members");

    ctl_output_label(stdout, "TPM opened by");
    ctl_output_text(stdout, text_of(opener, "path"), false);
    fputs(": owner ", stdout);
    ctl_output_text(stdout, text_of(opener, "owner"), false);
    fputs(", group ", stdout);
    ctl_output_text(stdout, text_of(opener, "group"), false);
    if (attest_json_element(members, 0)) {
        fputs(" (", stdout);
        print_list(members, ", ");
        fputs(")", stdout);
    }
    fputs(", mode ", stdout);
    ctl_output_text(stdout, text_of(opener, "mode"), false);
    fputc('\n', stdout);
}

/* Of an AK that no AWS can endorse there is nothing to say. */
static void print_endorsement(const struct attest_json *endorsement)
{
    uint64_t seconds;

    if (!endorsement || attest_view_equal(text_of(endorsement, "state"), attest_view_text("none")))
        return;
    if (!attest_json_unsigned(attest_json_member(endorsement, "expires_in"), &seconds)) {
        bool known = attest_json_member(endorsement, "reason");
        ctl_output_field(stdout, "AK endorsed",
                         known ? text_of(endorsement, "reason") : attest_view_text("not yet"));
        return;
    }
    ctl_output_label(stdout, "AK endorsed");
    printf("yes, for another %u minutes\n", (unsigned)(seconds / 60));
}

static void print_eventlog(const struct attest_json *eventlog)
{
    static const char *const logs[][2] = { { "firmware", "log of firmware" },
                                           { "ima", "log of IMA" },
                                           { "userspace", "log of systemd" } };
    const struct attest_json *mismatch = attest_json_member(eventlog, "first_mismatch");
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        const struct attest_json *log = attest_json_member(eventlog, logs[i][0]);
        const char *member = attest_json_member(log, "reason") ? "reason" : "state";
        ctl_output_field(stdout, logs[i][1], text_of(log, member));
    }
    ctl_output_label(stdout, "logs and PCRs");
    ctl_output_text(stdout, text_of(eventlog, "replay"), false);
    if (attest_json_unsigned(attest_json_member(mismatch, "pcr"), &number)) {
        printf(", first PCR %u of ", (unsigned)number);
        ctl_output_text(stdout, text_of(mismatch, "bank"), false);
        fputs(": ", stdout);
        ctl_output_text(stdout, text_of(mismatch, "note"), false);
    }
    fputc('\n', stdout);
}

static void print_status(const struct attest_json *status)
{
    const struct attest_json *tpm = attest_json_member(status, "tpm"), *ak = attest_json_member(status, "ak");
    const struct attest_json *openers = attest_json_member(tpm, "openers"), *opener;

    ctl_output_field(stdout, "attestd", text_of(status, "version"));
    ctl_output_field(stdout, "started", text_of(status, "started"));
    ctl_output_field(stdout, "TPM manufacturer", text_of(tpm, "manufacturer"));
    ctl_output_field(stdout, "TPM vendor", text_of(tpm, "vendor"));
    ctl_output_field(stdout, "TPM firmware", text_of(tpm, "firmware"));
    ctl_output_label(stdout, "TPM banks");
    print_list(attest_json_member(tpm, "banks"), ", ");
    fputc('\n', stdout);
    ctl_output_field(stdout, "NitroTPM", attest_view_text(answer_of(tpm, "nitrotpm")));
    for (size_t i = 0; (opener = attest_json_element(openers, i)); i++)
        print_opener(opener);
    ctl_output_field(stdout, "AK algorithm", text_of(ak, "algorithm"));
    ctl_output_field(stdout, "AK name", text_of(ak, "name"));
    print_endorsement(attest_json_member(ak, "endorsement"));
    print_eventlog(attest_json_member(status, "eventlog"));
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(CTL_ANSWER_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *status = NULL;

    attest_try(ctl_client_ask(call, "/v1/status", NULL, &answer, &status));
    if (call->value[CTL_JSON])
        ctl_output_json(attest_bytes_view(&answer));
    else
        print_status(status);
    return ATTEST_OK;
}

static const struct ctl_option options[] = { { 0 } };

const struct ctl_command ctl_command_status = {
    .name = "status",
    .summary = "what attestd and its TPM are",
    .about = "Shows the version of attestd, its TPM, who else may open that TPM, its attestation key (AK), and "
             "whether the event logs make the PCR values.",
    .options = options,
    .run = run,
};
