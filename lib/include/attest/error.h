/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one error type. Every function of the library that can fail returns it; only ATTEST_OK is success, and
 * only ATTEST_OK from a verify function, together with a verdict that holds, is trust.
 */
#ifndef ATTEST_ERROR_H
#define ATTEST_ERROR_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

#define attest_must_check __attribute__((warn_unused_result))

/* Why something failed, coarsely. "Cannot read it" (malformed), "read it and do not trust it" (refused) and
 * "could not find out" (tpm, remote, system) are never merged. */
#define ATTEST_CATEGORY_TABLE(X)                                                                               \
    X(OK, "ok")                                                                                                \
    X(USAGE, "usage")                                                                                          \
    X(MALFORMED, "malformed")                                                                                  \
    X(REFUSED, "refused")                                                                                      \
    X(LIMIT, "limit")                                                                                          \
    X(TPM, "tpm")                                                                                              \
    X(REMOTE, "remote")                                                                                        \
    X(SYSTEM, "system")                                                                                        \
    X(INTERNAL, "internal")

/* name, category, sentence */
#define ATTEST_ERROR_TABLE(X)                                                                                  \
    X(OK, OK, "Success.")                                                                                      \
    X(USAGE, USAGE, "The call is wrong.")                                                                      \
    X(NOT_FOUND, USAGE, "There is no such thing.")                                                             \
    X(TRUNCATED, MALFORMED, "The input ends before what it announces.")                                        \
    X(TRAILING, MALFORMED, "There are bytes after the end of the structure.")                                  \
    X(MALFORMED, MALFORMED, "The input is not of the form it claims.")                                         \
    X(UNSUPPORTED, MALFORMED, "The input uses an algorithm or form that is not supported.")                    \
    X(REFUSED, REFUSED, "It was read and is not trusted.")                                                     \
    X(DENIED, REFUSED, "The caller may not do this.")                                                          \
    X(TOO_LARGE, LIMIT, "The input is larger than the limit.")                                                 \
    X(BUSY, LIMIT, "Too many requests are waiting.")                                                           \
    X(TPM_LOST, TPM, "The connection to the TPM is lost.")                                                     \
    X(TPM_TIMEOUT, TPM, "The TPM did not answer in time.")                                                     \
    X(TPM_FAILED, TPM, "The TPM answered with an error.")                                                      \
    X(TPM_HANDLE_TAKEN, TPM, "Another object sits at the configured persistent handle.")                       \
    X(TPM_UNSTABLE, TPM, "The PCRs kept changing while they were read.")                                       \
    X(TPM_UNABLE, TPM, "The TPM cannot do that.")                                                              \
    X(NOT_READY, TPM, "It is not there yet.")                                                                  \
    X(REMOTE, REMOTE, "The other side could not be reached or answered with an error.")                        \
    X(SYSTEM, SYSTEM, "The operating system refused.")                                                         \
    X(MEMORY, SYSTEM, "There is not enough memory.")                                                           \
    X(INTERNAL, INTERNAL, "Something that cannot happen happened.")

enum attest_category {
#define X(name, text) ATTEST_CATEGORY_##name,
    ATTEST_CATEGORY_TABLE(X)
#undef X
};

enum attest_error {
#define X(name, category, sentence) ATTEST_##name,
    ATTEST_ERROR_TABLE(X)
#undef X
};

/* What the caller may want to know beyond the error itself. Owned by the caller, who zeroes it; always optional
 * (NULL is accepted everywhere). The texts are printable ASCII whatever the input held, cut with "..." where
 * they are long, and never carry secrets. */
struct attest_diag {
    size_t offset;      /* bytes into the input, where that makes sense */
    uint32_t native;    /* errno, TSS2_RC or the like of the layer below; 0 if none */
    char expected[128]; /* what was expected; empty if there is nothing to say */
    char found[96];     /* what was found instead */
};

/* Never NULL; for a value that is not in the table, those of ATTEST_INTERNAL. */
enum attest_category attest_error_category(enum attest_error error);
const char *attest_error_name(enum attest_error error);
const char *attest_error_sentence(enum attest_error error);
const char *attest_category_name(enum attest_category category);

#pragma GCC visibility pop

#endif
