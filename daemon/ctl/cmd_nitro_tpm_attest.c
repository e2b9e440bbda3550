/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document for scripts that were written for AWS's nitro-tpm-attest: its options, files of raw bytes, and the
 * bare document on standard output. The TPM is not opened: attestd is asked.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "daemon/ctl/ask_document.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/output.h"

#define CONTENT_MAX ((size_t)4096) /* more than attestd takes, which says so */

/* Reads the file of either form of the option. */
static enum attest_error read_file(struct ctl_call *call, enum ctl_option_id brief, enum ctl_option_id full,
                                   struct attest_bytes *content, struct attest_view *ret_view)
{
    const char *path = call->value[brief] ?: call->value[full];

    if (call->value[brief] && call->value[full])
        return attest_fail(&call->diag, ATTEST_USAGE, "both", "%s or %s", ctl_option_name(brief),
                           ctl_option_name(full));
    if (!path)
        return ATTEST_OK;
    attest_try(ctl_input_file(call, path, CONTENT_MAX, content));
    if (content->size == 0)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "bytes to put into the document");
    call->subject = NULL;
    *ret_view = attest_bytes_view(content);
    return ATTEST_OK;
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = { 0 }, user_data = { 0 }, public_key = { 0 };
    _cleanup_(ctl_document_answer_done) struct ctl_document_answer answer = { 0 };
    struct ctl_document_wish wish = { 0 };

    if (call->value[CTL_JSON])
        return attest_fail(&call->diag, ATTEST_USAGE, NULL, "no --json, as the document is not JSON");
    attest_try(read_file(call, CTL_BRIEF_NONCE, CTL_NONCE, &nonce, &wish.nonce));
    attest_try(read_file(call, CTL_BRIEF_USER_DATA, CTL_USER_DATA, &user_data, &wish.user_data));
    attest_try(read_file(call, CTL_BRIEF_PUBLIC_KEY, CTL_PUBLIC_KEY, &public_key, &wish.public_key));
    attest_try(ctl_ask_document(call, &wish, &answer));
    return attest_file_write("-", attest_bytes_view(&answer.bare), &call->diag);
}

static const struct ctl_option options[] = {
    { CTL_BRIEF_USER_DATA, "FILE", "the bytes of FILE as user_data" },
    { CTL_USER_DATA, "FILE", "the same" },
    { CTL_BRIEF_NONCE, "FILE", "the bytes of FILE as nonce" },
    { CTL_NONCE, "FILE", "the same" },
    { CTL_BRIEF_PUBLIC_KEY, "FILE",
      "the bytes of FILE, a public key, as public_key: through the unlock door only, which is then where "
      "attestd is asked if no --url says otherwise" },
    { CTL_PUBLIC_KEY, "FILE", "the same" },
    { 0 },
};

const struct ctl_command ctl_command_nitro_tpm_attest = {
    .name = "nitro-tpm-attest",
    .summary = "a bare document, by the options of AWS's tool of that name",
    .about = "Asks attestd for an attestation document, as AWS's nitro-tpm-attest asks the TPM, and writes its "
             "bare bytes to standard output. A link of that name to attestctl does the same.",
    .options = options,
    .run = run,
};
