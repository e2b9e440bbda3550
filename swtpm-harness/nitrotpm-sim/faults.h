/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong on request. */
#ifndef NITROTPM_SIM_FAULTS_H
#define NITROTPM_SIM_FAULTS_H

#include "base/bytes.h"

#include <stdbool.h>

/* name, identifier, kind of value, on any command (or the vendor's), what it does */
#define FAULT_TABLE(X)                                                                                         \
    X(DELAY, "delay", MILLISECONDS, true, "every command takes that much longer")                              \
    X(SLOW, "slow", MILLISECONDS, false, "the vendor command takes that much longer")                          \
    X(BUSY, "busy", NOTHING, false, "TPM_RC_RETRY, and nothing is done")                                       \
    X(FAIL, "fail", CODE, false, "this response code, and nothing is done")                                    \
    X(LOST, "lost", NOTHING, false, "it is done, but the connection is closed without an answer")              \
    X(EXPIRED, "expired", NOTHING, false, "the leaf certificate is over an hour past its end")                 \
    X(ENDING, "ending", SECONDS, false, "the leaf certificate ends that long after the document")              \
    X(SKEW, "skew", SECONDS, false, "AWS's clock is ahead by that, or with - behind")                          \
    X(NSM_ERROR, "nsm-error", NSM_NAME, false, "the NSM answers with this error")                              \
    X(GARBAGE, "garbage", NOTHING, false, "the document is random bytes")                                      \
    X(TRUNCATED, "truncated", NOTHING, false, "the document ends in its middle")                               \
    X(NOISE, "noise", NOTHING, false, "the message buffer is random bytes")

enum fault_id {
#define X(id, name, kind, any, what) FAULT_##id,
    FAULT_TABLE(X)
#undef X
        FAULT_COUNT
};

#define FAULT_TEXT_SIZE 24

struct fault {
    bool on;
    bool limited; /* to `left` commands more */
    uint32_t left;
    uint32_t code; /* the command it strikes; FAULT_ANY_COMMAND */
    int64_t value;
    char text[FAULT_TEXT_SIZE]; /* as it was given */
};

#define FAULT_ANY_COMMAND 0

struct faults {
    struct fault items[FAULT_COUNT];
};

/* NAME[=VALUE][,count=N][,on=CODE|any]: from now on, for N commands or until it is cleared. */
enum attest_error faults_set(struct faults *faults, const char *text, struct attest_diag *diag)
    attest_must_check;

/* One, or with NULL all. */
enum attest_error faults_clear(struct faults *faults, const char *name, struct attest_diag *diag)
    attest_must_check;

/* The fault, if it strikes this command; counts it then. NULL if not. */
const struct fault *faults_take(struct faults *faults, enum fault_id id, uint32_t code);

/* One line for each that is on. */
void faults_append(const struct faults *faults, struct attest_bytes *out);

/* The table, for --help. */
void faults_print_help(void);

#endif
