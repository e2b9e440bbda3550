/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does KMS give to the key that this document names? Trusts TLS for who answers (aws/call.h); what is
 * answered is judged in kms_wire.c. A dry run ends in an error that says that all is well (AWS KMS API
 * Reference, DryRunOperationException).
 */
#include "aws/kms.h"

#include "aws/kms_wire.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <string.h>

#define REQUEST_MAX ((size_t)128 << 10)

static const char dry_run_success[] = "DryRunOperationException";

/* For a dry run, all that counts is how the call ended. */
static enum attest_error judge_dry_run(enum attest_error error, const struct attest_aws_outcome *outcome,
                                       struct attest_diag *diag)
{
    if (error == ATTEST_OK)
        return attest_fail(diag, ATTEST_MALFORMED, "an answer", "%s for a dry run", dry_run_success);
    return strcmp(outcome->type, dry_run_success) == 0 ? ATTEST_OK : error;
}

/* `ret_ciphertext` is NULL where none is due. The answer's body is wiped whatever is in it. */
static enum attest_error ask(struct attest_aws_call *calls, const struct attest_aws_request *request,
                             const char *key_id, bool dry_run, struct attest_bytes *ret_ciphertext,
                             struct attest_bytes *ret_envelope, struct attest_aws_outcome *ret_outcome,
                             struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(0);

    enum attest_error error = attest_aws_call_send(calls, request, &answer, ret_outcome, diag);
    if (!dry_run) {
        attest_try(error);
        return attest_kms_wire_parse(attest_bytes_view(&answer), key_id, ret_ciphertext, ret_envelope, diag);
    }
    attest_try(judge_dry_run(error, ret_outcome, diag));
    if (ret_ciphertext)
        *ret_ciphertext = attest_bytes_init(0);
    *ret_envelope = attest_bytes_init(0);
    return ATTEST_OK;
}

enum attest_error attest_kms_decrypt(struct attest_aws_call *calls, const struct attest_kms_decrypt *request,
                                     struct attest_bytes *ret_envelope, struct attest_aws_outcome *ret_outcome,
                                     struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(REQUEST_MAX);

    *ret_outcome = (struct attest_aws_outcome){ 0 };
    attest_try(attest_kms_wire_decrypt(request, &body, diag));
    const struct attest_aws_request sent = { .target = "TrentService.Decrypt",
                                             .body = attest_bytes_view(&body),
                                             .maximum = ATTEST_KMS_ANSWER_MAX };
    return ask(calls, &sent, request->key_id, request->dry_run, NULL, ret_envelope, ret_outcome, diag);
}

enum attest_error attest_kms_generate_data_key(struct attest_aws_call *calls,
                                               const struct attest_kms_data_key *request,
                                               struct attest_bytes *ret_ciphertext,
                                               struct attest_bytes *ret_envelope,
                                               struct attest_aws_outcome *ret_outcome, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes body = attest_bytes_init(REQUEST_MAX);

    *ret_outcome = (struct attest_aws_outcome){ 0 };
    attest_try(attest_kms_wire_data_key(request, &body, diag));
    const struct attest_aws_request sent = { .target = "TrentService.GenerateDataKey",
                                             .body = attest_bytes_view(&body),
                                             .maximum = ATTEST_KMS_ANSWER_MAX };
    return ask(calls, &sent, request->key_id, request->dry_run, ret_ciphertext, ret_envelope, ret_outcome,
               diag);
}
