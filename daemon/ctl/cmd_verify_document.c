/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does this attestation document hold? From files alone. Trusts AWS's root, or those of --root instead, and the
 * clock, or the time of --at instead; without a nonce and without an age the answer is no.
 */
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/report_document.h"
#include "evidence/document.h"
#include "evidence/policy.h"
#include "evidence/trust.h"

#include <string.h>

/* What the demands point into. */
struct inputs {
    struct attest_bytes nonce, user_data, public_key;
};

static void inputs_done(struct inputs *inputs)
{
    attest_bytes_done(&inputs->nonce);
    attest_bytes_done(&inputs->user_data);
    attest_bytes_done(&inputs->public_key);
}

static enum attest_error check_files(struct ctl_call *call)
{
    const char *const files[] = { call->operand, call->value[CTL_USER_DATA], call->value[CTL_PUBLIC_KEY],
                                  call->value[CTL_POLICY] };

    if (!call->operand)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "FILE, a document");
    return ctl_input_check_files(call, files, sizeof files / sizeof files[0]);
}

static enum attest_error read_age(struct ctl_call *call, struct attest_document_demands *demands)
{
    uint64_t seconds;

    if (!call->value[CTL_MAX_AGE])
        return ATTEST_OK;
    if (attest_decode_decimal(attest_view_text(call->value[CTL_MAX_AGE]), UINT32_MAX, &seconds, NULL) !=
            ATTEST_OK ||
        seconds == 0)
        return attest_fail(&call->diag, ATTEST_USAGE, call->value[CTL_MAX_AGE],
                           "seconds, 1 or more, after --max-age");
    demands->max_age = (uint32_t)seconds;
    return ATTEST_OK;
}

/* What the document must carry, from the file of an option; a file of no bytes is asked for too. */
static enum attest_error read_bound(struct ctl_call *call, enum ctl_option_id id, struct attest_bytes *content,
                                    struct attest_view *ret_view)
{
    static const uint8_t none[1];

    if (!call->value[id])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[id], ATTEST_DOCUMENT_OPTION_MAX, content));
    call->subject = NULL;
    *ret_view = content->size > 0 ? attest_bytes_view(content) : (struct attest_view){ none, 0 };
    return ATTEST_OK;
}

static enum attest_error read_demands(struct ctl_call *call, struct inputs *inputs,
                                      struct attest_document_demands *demands)
{
    const struct ctl_input_missing allowed[] = { { "nonce", &demands->allow_missing_nonce }, { 0 } };

    attest_try(ctl_input_missing(call, allowed, "nonce"));
    demands->allow_debug = call->value[CTL_ALLOW_DEBUG] != NULL;
    attest_try(ctl_input_time(call, &demands->at, &demands->live));
    attest_try(read_age(call, demands));
    if (call->value[CTL_NONCE]) {
        attest_try(ctl_input_nonce(call, &inputs->nonce));
        demands->nonce = attest_bytes_view(&inputs->nonce);
    }
    attest_try(read_bound(call, CTL_USER_DATA, &inputs->user_data, &demands->user_data));
    return read_bound(call, CTL_PUBLIC_KEY, &inputs->public_key, &demands->public_key);
}

/* No COSE_Sign1 begins like JSON: '{' would be a text, a blank an integer. */
static bool is_json(struct attest_view content)
{
    return content.size > 0 && strchr("{ \t\r\n", content.data[0]) && content.data[0] != '\0';
}

static enum attest_error read_document(struct ctl_call *call, struct attest_document **ret_document)
{
    _cleanup_(attest_bytes_done) struct attest_bytes file = attest_bytes_init(0);

    attest_try(ctl_input_file(call, call->operand, ATTEST_DOCUMENT_JSON_MAX, &file));
    struct attest_view content = attest_bytes_view(&file);
    if (is_json(content))
        attest_try(attest_document_from_json(content, ret_document, &call->diag));
    else
        attest_try(attest_document_parse(content, ret_document, &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}

static enum attest_error verify(struct ctl_call *call)
{
    _cleanup_(inputs_done) struct inputs inputs = { 0 };
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
    struct attest_document_demands demands = { 0 };

    if (!trust)
        return ATTEST_MEMORY;
    attest_try(check_files(call));
    attest_try(read_demands(call, &inputs, &demands));
    attest_try(ctl_input_roots(call, trust));
    attest_try(ctl_input_policy(call, &policy));
    demands.policy = policy;
    attest_try(read_document(call, &document));
    return ctl_report_document(call, document, trust, &demands, stdout);
}

static const struct ctl_option options[] = {
    { CTL_NONCE, "HEX", "the nonce that the document must carry" },
    { CTL_MAX_AGE, "S", "it must have been made in the last S seconds" },
    { CTL_ROOT, "PEM", "trust this root instead of AWS's, which is built in; may be repeated" },
    { CTL_AT, "TIME", "judge it at this time (2026-02-03T10:12:02Z, or seconds since 1970) instead of now" },
    { CTL_USER_DATA, "FILE", "it must carry these bytes as user_data" },
    { CTL_PUBLIC_KEY, "FILE", "it must carry these bytes as public_key" },
    { CTL_POLICY, "FILE", "what must be so: values of PCRs, age, instances; see attestctl(1)" },
    { CTL_ALLOW_DEBUG, NULL, "an enclave in debug mode, whose PCRs are zero, may hold" },
    { CTL_ALLOW_MISSING, "LIST",
      "nonce: hold even without --nonce and --max-age, though it may be an old one" },
    { 0 },
};

const struct ctl_command ctl_command_verify_document = {
    .name = "verify document",
    .operand = "FILE",
    .summary = "whether an AWS attestation document holds, from files alone",
    .about =
        "Verifies the AWS attestation document in FILE, of EC2 NitroTPM or of a Nitro Enclave: signature, "
        "certificates up to AWS's root, their validity, contents, and how fresh it is. FILE holds the bare "
        "COSE_Sign1 bytes, or the JSON that attestd gives; - is standard input. What the document says is "
        "only to be believed if it holds.",
    .options = options,
    .verifies = true,
    .run = verify,
};
