/* SPDX-License-Identifier: Apache-2.0 */
/* What OpenSSL has to be told and asked where somebody else (libcurl) makes TLS connections with it. */
#ifndef ATTEST_BASE_TLS_H
#define ATTEST_BASE_TLS_H

#include "attest/error.h"

enum attest_tls_fault {
    ATTEST_TLS_FAULT_NONE, /* the chain is fine */
    ATTEST_TLS_FAULT_EXPIRED,
    ATTEST_TLS_FAULT_NOT_YET,
    ATTEST_TLS_FAULT_SELF_SIGNED,
    ATTEST_TLS_FAULT_ISSUER, /* it does not end at a root that is trusted */
    ATTEST_TLS_FAULT_NAME,
    ATTEST_TLS_FAULT_OTHER,
};

/* Of a connection that is about to be made from `context` (an SSL_CTX): its keys are written nowhere, whatever
 * $SSLKEYLOGFILE says, and certificates are held against `now`, in seconds since 1970, where that is not 0. */
enum attest_error attest_tls_prepare(void *context, int64_t now) attest_must_check;

/* What an X509_V_... result (SSL_get_verify_result(3)) means. */
enum attest_tls_fault attest_tls_fault_of(long verify_result);

#endif
