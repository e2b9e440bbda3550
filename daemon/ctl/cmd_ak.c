/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key signs attestd's quotes? What is shown is what attestd says: whose TPM it lives in is another
 * question.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/output.h"

#define PEM_MAX ((size_t)16 << 10)

static void print_member(const char *label, const struct attest_json *answer, const char *name)
{
    struct attest_view text;

    if (attest_json_text(attest_json_member(answer, name), &text))
        ctl_output_field(stdout, label, text);
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(CTL_ANSWER_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(PEM_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;

    attest_try(ctl_output_check(call));
    attest_try(ctl_client_ask_ak(call, &answer, &json, &key));
    attest_try(attest_key_encode_pem(key, &pem));
    if (call->value[CTL_OUT])
        attest_try(attest_file_write(call->value[CTL_OUT], attest_bytes_view(&pem), &call->diag));
    if (call->value[CTL_JSON]) {
        ctl_output_json(attest_bytes_view(&answer));
    } else if (!ctl_output_is_taken(call)) {
        print_member("algorithm", json, "algorithm");
        print_member("name", json, "name");
        ctl_output_text(stdout, attest_bytes_view(&pem), true);
    }
    return ATTEST_OK;
}

static const struct ctl_option options[] = {
    { CTL_OUT, "FILE",
      "write the public key, in PEM, to FILE; - is standard output, and then all that is there" },
    { 0 },
};

const struct ctl_command ctl_command_ak = {
    .name = "ak",
    .summary = "the attestation key that signs the quotes",
    .about = "Shows the attestation key (AK) as attestd reports it. Whether it lives in a TPM that you trust "
             "has to be "
             "found out by other means, as by activating it against an endorsement key that you know.",
    .options = options,
    .run = run,
};
