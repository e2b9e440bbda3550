/* SPDX-License-Identifier: Apache-2.0 */
/* One secret on its way: from its sealed form to the file that others read. */
#ifndef ATTEST_UNLOCK_JOB_H
#define ATTEST_UNLOCK_JOB_H

#include "aws/pair.h"
#include "base/recipient.h"
#include "daemon/config_secret.h"
#include "daemon/unlock/deliver.h"
#include "evidence/unlockreport.h"
#include "seal/message.h"

#define JOB_SEALED_MAX ((size_t)16 << 20)
#define JOB_PAIRS_MAX  64

struct job_secret {
    const struct config_secret *secret;
    struct attest_unlockreport_secret *report;
    struct deliver_owner owner;
    struct attest_bytes sealed;
    uint8_t digest[ATTEST_UNLOCKEVENT_DIGEST_SIZE]; /* of the sealed form */
    struct attest_message message;                  /* views into it; for a bare ciphertext not used */
    struct attest_bytes texts;                      /* what the pairs point into */
    struct attest_aws_pair pairs[JOB_PAIRS_MAX];    /* the encryption context */
    size_t pair_count;
    struct attest_bytes envelope; /* KMS's answer */
    enum attest_error error;      /* why it FAILED */
};

/* Looks up owner and group, and at the keys: ATTEST_USAGE if there is none of that name, or one has no ARN. */
enum attest_error job_init(struct job_secret *job, const struct config_secret *secret,
                           struct attest_unlockreport_secret *report, struct attest_diag *diag)
    attest_must_check;
void job_done(struct job_secret *job);

/* Whether the sealed form is in S3, for fetch.c to get. */
bool job_is_remote(const struct job_secret *job);

/* Reads the sealed form from its file, or takes what is in job->sealed, and what it says of itself.
 * ATTEST_REFUSED if it is not the one that the configuration pins, or was sealed in another encryption context.
 */
enum attest_error job_read(struct job_secret *job, struct attest_diag *diag) attest_must_check;

/* What KMS is to decrypt by the key of that ARN; empty if that key is none of the message's. */
struct attest_view job_ciphertext(const struct job_secret *job, const char *key_id);

/* Opens KMS's answer and writes the secret to `target`, which has begun. */
enum attest_error job_open(struct job_secret *job, const struct attest_recipient *key,
                           struct deliver_target *target, struct attest_diag *diag) attest_must_check;

#endif
