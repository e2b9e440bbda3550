/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does this quote hold? From files alone. Trusts the key of --ak and nothing else; what was not asked (no key,
 * no nonce) is a failed check, not a yes.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/logs.h"
#include "daemon/ctl/report_quote.h"
#include "evidence/bundle.h"
#include "evidence/policy.h"
#include "evidence/quote.h"

/* The options that together stand for FILE. */
static const enum ctl_option_id parts[] = { CTL_MESSAGE, CTL_SIGNATURE, CTL_PCRS_FILE };
#define PART_COUNT (sizeof parts / sizeof parts[0])

static enum attest_error check_files(struct ctl_call *call)
{
    static const char expected[] = "either FILE, or --message, --signature and --pcrs-file";
    const char *const files[] = { call->operand,
                                  call->value[CTL_AK],
                                  call->value[CTL_MESSAGE],
                                  call->value[CTL_SIGNATURE],
                                  call->value[CTL_PCRS_FILE],
                                  call->value[CTL_EVENTLOG],
                                  call->value[CTL_IMA],
                                  call->value[CTL_USERSPACE],
                                  call->value[CTL_POLICY] };
    size_t given = 0;

    for (size_t i = 0; i < PART_COUNT; i++)
        given += call->value[parts[i]] != NULL;
    if (given > 0 && call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, "both", "%s", expected);
    if (given != PART_COUNT && !call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, given > 0 ? "some of them" : "none", "%s", expected);
    return ctl_input_check_files(call, files, sizeof files / sizeof files[0]);
}

static enum attest_error read_parts(struct ctl_call *call, struct attest_quote **ret_quote)
{
    _cleanup_(attest_bytes_done) struct attest_bytes message = attest_bytes_init(0);
    _cleanup_(attest_bytes_done) struct attest_bytes signature = attest_bytes_init(0);
    _cleanup_(attest_bytes_done) struct attest_bytes pcrs = attest_bytes_init(0);

    attest_try(ctl_input_file(call, call->value[CTL_MESSAGE], ATTEST_BUNDLE_MAX, &message));
    attest_try(ctl_input_file(call, call->value[CTL_SIGNATURE], ATTEST_BUNDLE_MAX, &signature));
    attest_try(ctl_input_file(call, call->value[CTL_PCRS_FILE], ATTEST_BUNDLE_MAX, &pcrs));
    call->subject = "message, signature or PCR file";
    return attest_quote_from_parts(attest_bytes_view(&message), attest_bytes_view(&signature),
                                   attest_bytes_view(&pcrs), ret_quote, &call->diag);
}

static enum attest_error read_quote(struct ctl_call *call, struct attest_quote **ret_quote)
{
    _cleanup_(attest_bytes_done) struct attest_bytes bundle = attest_bytes_init(0);

    if (!call->operand)
        return read_parts(call, ret_quote);
    attest_try(ctl_input_file(call, call->operand, ATTEST_BUNDLE_MAX, &bundle));
    return attest_quote_from_bundle(attest_bytes_view(&bundle), ret_quote, &call->diag);
}

/* NULL if no log is given: then those of the bundle count. */
static enum attest_error read_logs(struct ctl_call *call, const struct attest_quote *quote,
                                   struct attest_eventlog **ret_eventlog)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;

    if (!call->value[CTL_EVENTLOG] && !call->value[CTL_IMA] && !call->value[CTL_USERSPACE])
        return ATTEST_OK;
    attest_try(attest_eventlog_new(&eventlog));
    attest_eventlog_expect_quote(eventlog, quote);
    if (call->value[CTL_EVENTLOG])
        attest_try(ctl_logs_add(call, call->value[CTL_EVENTLOG], ATTEST_LOG_FIRMWARE, eventlog));
    attest_try(ctl_logs_add_options(call, eventlog));
    *ret_eventlog = attest_steal(eventlog);
    return ATTEST_OK;
}

static enum attest_error verify(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = attest_bytes_init(0);
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    _cleanup_(attest_quote_cleanup) struct attest_quote *quote = NULL;
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
    struct attest_quote_demands demands = {
        .allow_sha1 = call->value[CTL_ALLOW_SHA1] != NULL,
        .allow_newer = call->value[CTL_ALLOW_NEWER] != NULL,
    };
    const struct ctl_input_missing allowed[] = { { "key", &demands.allow_missing_key },
                                                 { "nonce", &demands.allow_missing_nonce },
                                                 { 0 } };

    attest_try(check_files(call));
    attest_try(ctl_input_missing(call, allowed, "key, nonce or key,nonce"));
    if (call->value[CTL_NONCE]) {
        attest_try(ctl_input_nonce(call, &nonce));
        demands.nonce = attest_bytes_view(&nonce);
    }
    attest_try(ctl_input_key(call, &key));
    demands.key = key;
    attest_try(read_quote(call, &quote));
    call->subject = NULL;
    attest_try(read_logs(call, quote, &eventlog));
    attest_try(ctl_input_policy(call, &policy));
    demands.eventlog = eventlog;
    demands.policy = policy;
    return ctl_report_quote(call, quote, &demands, stdout);
}

static const struct ctl_option options[] = {
    { CTL_AK, "PEM", "the key that must have signed; without it the quote does not hold" },
    { CTL_NONCE, "HEX", "the nonce that the quote must carry; without it the quote does not hold" },
    { CTL_ALLOW_MISSING, "LIST",
      "key, nonce or key,nonce: hold even without that. Without a key the AK in FILE is used, which shows that "
      "the "
      "quote is whole, not whose TPM made it" },
    { CTL_ALLOW_SHA1, NULL, "a quote over a SHA-1 bank may hold; SHA-1 signatures never do" },
    { CTL_MESSAGE, "FILE", "instead of FILE: the TPMS_ATTEST" },
    { CTL_SIGNATURE, "FILE", "instead of FILE: the signature, as TPMT_SIGNATURE, bare RSA or DER ECDSA" },
    { CTL_PCRS_FILE, "FILE", "instead of FILE: the PCR values, as {\"bank\":...,\"pcrs\":{...}}" },
    { CTL_EVENTLOG, "FILE",
      "the firmware's log, which must make the quoted values, instead of the logs in FILE" },
    { CTL_IMA, "FILE", "the kernel's list of measured files beside it" },
    { CTL_USERSPACE, "FILE", "systemd's log beside it" },
    { CTL_ALLOW_NEWER, NULL, "the logs of the kernel and of systemd may go on behind what was quoted" },
    { CTL_POLICY, "FILE", "what must be so: PCR values, Secure Boot" },
    { 0 },
};

const struct ctl_command ctl_command_verify_quote = {
    .name = "verify quote",
    .operand = "FILE",
    .summary = "whether a quote holds, from files alone",
    .about = "Verifies the quote bundle in FILE, or a quote in separate files: signature, nonce, PCR values, "
             "and the "
             "AK's attributes where FILE has them. A file called - is standard input. What the quote says is "
             "only to "
             "be believed if it holds.",
    .options = options,
    .verifies = true,
    .run = verify,
};
