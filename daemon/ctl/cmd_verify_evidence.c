/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did the machine that AWS's document is about boot what is wanted, and does it say so now? From files alone.
 * Trusts AWS's root, or those of --root instead, and the clock, or the time of --at instead.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/report_evidence.h"
#include "evidence/evidence.h"
#include "evidence/policy.h"
#include "evidence/trust.h"

#define BIND_MAX ((size_t)1 << 20)

/* What the demands point into. */
struct inputs {
    struct attest_bytes nonce, bind;
    struct attest_policy *policy;
    struct attest_evidence *previous;
};

static void inputs_done(struct inputs *inputs)
{
    attest_bytes_done(&inputs->nonce);
    attest_bytes_done(&inputs->bind);
    attest_policy_free(inputs->policy);
    attest_evidence_free(inputs->previous);
}

static enum attest_error check_files(struct ctl_call *call)
{
    const char *const files[] = { call->operand, call->value[CTL_POLICY], call->value[CTL_PREVIOUS],
                                  call->value[CTL_BIND] };

    if (!call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "FILE, the evidence");
    if (call->value[CTL_BIND] && !call->value[CTL_NONCE])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--nonce, the challenge, with --bind");
    return ctl_input_check_files(call, files, sizeof files / sizeof files[0]);
}

static enum attest_error read_evidence(struct ctl_call *call, const char *path,
                                       struct attest_evidence **ret_evidence)
{
    _cleanup_(attest_bytes_done) struct attest_bytes json = attest_bytes_init(0);

    attest_try(ctl_input_file(call, path, ATTEST_EVIDENCE_MAX, &json));
    attest_try(attest_evidence_from_json(attest_bytes_view(&json), ret_evidence, &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}

/* A file of no bytes binds too. */
static enum attest_error read_bind(struct ctl_call *call, struct inputs *inputs,
                                   struct attest_evidence_demands *demands)
{
    static const uint8_t none[1];

    if (!call->value[CTL_BIND])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[CTL_BIND], BIND_MAX, &inputs->bind));
    call->subject = NULL;
    demands->bind = inputs->bind.size > 0 ? attest_bytes_view(&inputs->bind) : (struct attest_view){ none, 0 };
    return ATTEST_OK;
}

static enum attest_error read_demands(struct ctl_call *call, struct inputs *inputs,
                                      struct attest_evidence_demands *demands)
{
    const struct ctl_input_missing allowed[] = { { "nonce", &demands->allow_missing_nonce },
                                                 { "policy", &demands->allow_missing_policy },
                                                 { 0 } };

    attest_try(ctl_input_missing(call, allowed, "nonce, policy or nonce,policy"));
    demands->allow_newer = call->value[CTL_ALLOW_NEWER] != NULL;
    demands->fresh = call->value[CTL_FRESH] != NULL;
    attest_try(ctl_input_time(call, &demands->at, &demands->live));
    if (call->value[CTL_NONCE]) {
        attest_try(ctl_input_nonce(call, &inputs->nonce));
        demands->nonce = attest_bytes_view(&inputs->nonce);
    }
    attest_try(read_bind(call, inputs, demands));
    attest_try(ctl_input_policy(call, &inputs->policy));
    demands->policy = inputs->policy;
    if (call->value[CTL_PREVIOUS])
        attest_try(read_evidence(call, call->value[CTL_PREVIOUS], &inputs->previous));
    demands->previous = inputs->previous;
    return ATTEST_OK;
}

static enum attest_error verify(struct ctl_call *call)
{
    _cleanup_(inputs_done) struct inputs inputs = { 0 };
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;
    struct attest_evidence_demands demands = { 0 };

    if (!trust)
        return ATTEST_MEMORY;
    attest_try(check_files(call));
    attest_try(read_demands(call, &inputs, &demands));
    attest_try(ctl_input_roots(call, trust));
    attest_try(read_evidence(call, call->operand, &evidence));
    return ctl_report_evidence(call, evidence, trust, &demands, stdout);
}

static const struct ctl_option options[] = {
    { CTL_NONCE, "HEX", "the nonce that the evidence must have been made for" },
    { CTL_POLICY, "FILE", "what must be so; in each of its sets it must name PCR 4, 7 or 11" },
    { CTL_ROOT, "PEM", "trust this root instead of AWS's, which is built in; may be repeated" },
    { CTL_AT, "TIME", "judge it at this time (2026-02-03T10:12:02Z, or seconds since 1970) instead of now" },
    { CTL_FRESH, NULL,
      "the endorsement too must have been made for the nonce, and the policy must be met by what AWS itself "
      "says" },
    { CTL_BIND, "FILE",
      "the evidence's nonce must be SHA-256 over the nonce of --nonce and the bytes of this file" },
    { CTL_PREVIOUS, "FILE",
      "evidence verified earlier: this one must be of the same module and AK, and not older" },
    { CTL_ALLOW_NEWER, NULL, "the logs of IMA and systemd may go on behind what was quoted" },
    { CTL_ALLOW_MISSING, "LIST", "nonce, policy or nonce,policy: hold even without that" },
    { 0 },
};

const struct ctl_command ctl_command_verify_evidence = {
    .name = "verify evidence",
    .operand = "FILE",
    .summary = "whether evidence holds, from AWS's root down to a quote, from files alone",
    .about =
        "Verifies the evidence in FILE, as attestd gives it: an AWS attestation document of a NitroTPM that "
        "endorses an attestation key, and a quote by that key with its event logs; against a nonce and a "
        "policy. FILE - is standard input. What the evidence says is only to be believed if it holds.",
    .options = options,
    .verifies = true,
    .run = verify,
};
