/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run of attestd-unlock did, as it leaves it in a file for attestd to show: no secret, no size of one.
 * Read as hostile, for the file is another user's.
 */
#ifndef ATTEST_EVIDENCE_UNLOCKREPORT_H
#define ATTEST_EVIDENCE_UNLOCKREPORT_H

#include "base/time.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "evidence/unlockevent.h"

#define ATTEST_UNLOCKREPORT_MAX     ((size_t)128 << 10) /* bytes of JSON */
#define ATTEST_UNLOCKREPORT_SECRETS 128
#define ATTEST_UNLOCKREPORT_TEXT    256

/* How the run ended, or that it goes on. */
#define ATTEST_UNLOCKREPORT_RESULTS(X)                                                                         \
    X(RUNNING, "running")                                                                                      \
    X(DONE, "done")                                                                                            \
    X(FAILED, "failed")

/* What became of a secret. */
#define ATTEST_UNLOCKREPORT_STATES(X)                                                                          \
    X(WAITING, "waiting")     /* nothing yet */                                                                \
    X(DELIVERED, "delivered") /* written by this run */                                                        \
    X(PRESENT, "present")     /* it was there */                                                               \
    X(FAILED, "failed")

/* What took how long. */
#define ATTEST_UNLOCKREPORT_STAGES(X)                                                                          \
    X(KEY, "key")           /* making the key pair */                                                          \
    X(DOCUMENT, "document") /* from asking attestd to having verified */                                       \
    X(KMS, "kms")           /* until the last answer */                                                        \
    X(CAP, "cap")                                                                                              \
    X(DELIVERY, "delivery")

#define X(name, text) ATTEST_UNLOCKREPORT_##name,
enum attest_unlockreport_result { ATTEST_UNLOCKREPORT_RESULTS(X) };
#undef X
#define X(name, text) ATTEST_UNLOCKREPORT_SECRET_##name,
enum attest_unlockreport_state { ATTEST_UNLOCKREPORT_STATES(X) };
#undef X
#define X(name, text) ATTEST_UNLOCKREPORT_STAGE_##name,
enum attest_unlockreport_stage { ATTEST_UNLOCKREPORT_STAGES(X) ATTEST_UNLOCKREPORT_STAGE_COUNT };
#undef X

struct attest_unlockreport_secret {
    char name[ATTEST_UNLOCKEVENT_NAME_MAX + 1];
    enum attest_unlockreport_state state;
    bool required;
    char detail[ATTEST_UNLOCKREPORT_TEXT]; /* why it failed; printable, empty if it did not */
};

struct attest_unlockreport {
    enum attest_unlockreport_result result;
    char started[ATTEST_TIME_SIZE],
        finished[ATTEST_TIME_SIZE];        /* RFC 3339; `finished` is empty while it runs */
    char detail[ATTEST_UNLOCKREPORT_TEXT]; /* why it failed, if not by a secret */
    char root[65];                         /* "aws", or the fingerprint of another root */
    bool capped;                           /* this boot unlocks no more */
    unsigned milliseconds[ATTEST_UNLOCKREPORT_STAGE_COUNT];
    size_t count;
    struct attest_unlockreport_secret *secrets;
};

/* ATTEST_MALFORMED and ATTEST_TOO_LARGE. The caller is done with it afterwards. */
enum attest_error attest_unlockreport_parse(struct attest_view json, struct attest_unlockreport *ret_report,
                                            struct attest_diag *diag) attest_must_check;
void attest_unlockreport_done(struct attest_unlockreport *report); /* a zeroed one is accepted */

/* The file's content; and its members without "type", into an object that is open. */
enum attest_error attest_unlockreport_write(const struct attest_unlockreport *report,
                                            struct attest_bytes *ret_json) attest_must_check;
void attest_unlockreport_write_members(struct attest_json_writer *json,
                                       const struct attest_unlockreport *report);

#endif
