/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the secret that KMS handed over the one that was sealed? A message of the AWS Encryption SDK says so
 * itself, by the data key that KMS gives; a bare ciphertext is believed to, as its answer came by TLS. The file
 * has no name while it is written, so that frames may go into it before the last one and the signature were
 * seen.
 */
#include "aws/cms.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/unlock/job.h"
#include "seal/unseal.h"

static enum attest_error feed(struct attest_unseal *unseal, struct attest_view input,
                              struct deliver_target *target, struct attest_diag *diag)
{
    struct attest_view plaintext;

    while (input.size > 0) {
        attest_try(attest_unseal_feed(unseal, &input, &plaintext, diag));
        attest_try(deliver_append(target, plaintext, diag));
    }
    attest_try(attest_unseal_end(unseal, &plaintext, diag));
    return deliver_append(target, plaintext, diag);
}

static enum attest_error unseal_message(const struct job_secret *job, struct attest_secret *data_key,
                                        struct deliver_target *target, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *room = NULL;
    _cleanup_(attest_unseal_cleanup) struct attest_unseal *unseal = NULL;
    struct attest_view body = attest_bytes_view(&job->sealed);

    attest_try(attest_secret_new(ATTEST_SECRET_MAX, &room, diag));
    const struct attest_unseal_options options = {
        .release = ATTEST_UNSEAL_FRAMES_KEPT,
        .room = attest_secret_data(room),
        .room_size = attest_secret_size(room),
    };
    attest_try(attest_unseal_new(&job->message, data_key, &options, &unseal, diag));
    body.data += job->message.header.size;
    body.size -= job->message.header.size;
    return feed(unseal, body, target, diag);
}

enum attest_error job_open(struct job_secret *job, const struct attest_recipient *key,
                           struct deliver_target *target, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    attest_try(attest_cms_open(attest_bytes_view(&job->envelope), key, &secret, diag));
    if (job->secret->format == CONFIG_SECRET_SDK) {
        enum attest_error error = unseal_message(job, secret, target, diag);
        return error == ATTEST_MALFORMED || error == ATTEST_REFUSED
                   ? attest_fail_within(diag, error, "the sealed form")
                   : error;
    }
    return deliver_append(target,
                          (struct attest_view){ attest_secret_data(secret), attest_secret_size(secret) }, diag);
}
