/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How was this machine booted, in one piece that somebody else can verify? Trusts attestd for nothing: the
 * evidence must be for the nonce that was asked with; --verify holds it against AWS's root and a policy.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "daemon/ctl/ask_evidence.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report_evidence.h"
#include "evidence/evidence.h"
#include "evidence/policy.h"
#include "evidence/trust.h"

static enum attest_error check_call(struct ctl_call *call)
{
    static const enum ctl_option_id of_verify[] = { CTL_POLICY, CTL_ROOT };

    if (!call->value[CTL_NONCE])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--nonce HEX or --nonce random");
    if (call->value[CTL_VERIFY] && !call->value[CTL_POLICY])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--policy FILE with --verify");
    for (size_t i = 0; i < sizeof of_verify / sizeof of_verify[0]; i++)
        if (call->value[of_verify[i]] && !call->value[CTL_VERIFY])
            return attest_fail(&call->diag, ATTEST_USAGE, NULL, "--verify with %s",
                               ctl_option_name(of_verify[i]));
    return ctl_output_check(call);
}

static enum attest_error verify(struct ctl_call *call, const struct attest_evidence *evidence,
                                struct attest_view nonce)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
    struct attest_evidence_demands demands = { .nonce = nonce };

    if (!trust)
        return ATTEST_MEMORY;
    attest_try(ctl_input_roots(call, trust));
    attest_try(ctl_input_policy(call, &policy));
    attest_try(ctl_input_time(call, &demands.at, &demands.live));
    demands.policy = policy;
    return ctl_report_evidence(call, evidence, trust, &demands, ctl_output_is_taken(call) ? stderr : stdout);
}

static void print(const struct ctl_call *call, const struct attest_evidence *evidence, struct attest_view json)
{
    if (call->value[CTL_JSON]) {
        ctl_output_json(json);
    } else if (!ctl_output_is_taken(call)) {
        ctl_report_evidence_claims(evidence, stdout);
        fputs("\nNot verified: see --verify, and attestctl verify evidence.\n", stdout);
    }
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = attest_bytes_init(0);
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(0);
    _cleanup_(attest_evidence_cleanup) struct attest_evidence *evidence = NULL;

    attest_try(check_call(call));
    attest_try(ctl_input_nonce_or_random(call, &nonce));
    attest_try(
        ctl_ask_evidence(call, attest_bytes_view(&nonce), call->value[CTL_CACHED] != NULL, &answer, &evidence));
    if (call->value[CTL_VERIFY])
        attest_try(verify(call, evidence, attest_bytes_view(&nonce)));
    if (call->value[CTL_OUT])
        attest_try(attest_file_write(call->value[CTL_OUT], attest_bytes_view(&answer), &call->diag));
    if (!call->value[CTL_VERIFY])
        print(call, evidence, attest_bytes_view(&answer));
    return ATTEST_OK;
}

static const struct ctl_option options[] = {
    { CTL_NONCE, "HEX|random",
      "the nonce that the evidence has to be for; random makes one of 32 bytes, which is shown and checked" },
    { CTL_CACHED, NULL,
      "with the endorsement that attestd keeps, for which nobody has to wait; else one is made for the nonce" },
    { CTL_OUT, "FILE", "write the evidence to FILE; - is standard output, and then all that is there" },
    { CTL_VERIFY, NULL, "verify the evidence at once, and write it only if it holds" },
    { CTL_POLICY, "FILE", "with --verify: what must be so; in each of its sets it must name PCR 4, 7 or 11" },
    { CTL_ROOT, "PEM", "with --verify: trust this root instead of AWS's, which is built in; may be repeated" },
    { 0 },
};

const struct ctl_command ctl_command_evidence = {
    .name = "evidence",
    .summary = "all that shows how this machine was booted, up to AWS's root",
    .about = "Asks for evidence: a document of AWS's that endorses the attestation key, a new quote of all "
             "PCRs by that key, and the event logs; on instances with a NitroTPM. The nonce is needed; it must "
             "be new each time, and come from whoever shall believe it.",
    .options = options,
    .run = run,
};
