/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At which moment must a server's certificate be valid, and why is it not believed? Trusts the moment that it
 * is given: a machine whose clock is off can know the time from what AWS signed. RFC 5280 §6.1 by OpenSSL.
 */
#include "base/tls.h"

#include "base/error.h"

#include <openssl/ssl.h>

static const struct {
    long result;
    enum attest_tls_fault fault;
} faults[] = {
    { X509_V_OK, ATTEST_TLS_FAULT_NONE },
    { X509_V_ERR_UNSPECIFIED, ATTEST_TLS_FAULT_NONE }, /* what libcurl says where OpenSSL was content */
    { X509_V_ERR_CERT_HAS_EXPIRED, ATTEST_TLS_FAULT_EXPIRED },
    { X509_V_ERR_CERT_NOT_YET_VALID, ATTEST_TLS_FAULT_NOT_YET },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, ATTEST_TLS_FAULT_SELF_SIGNED },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, ATTEST_TLS_FAULT_ISSUER },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ATTEST_TLS_FAULT_ISSUER },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ATTEST_TLS_FAULT_ISSUER },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, ATTEST_TLS_FAULT_ISSUER },
    { X509_V_ERR_CERT_UNTRUSTED, ATTEST_TLS_FAULT_ISSUER },
    { X509_V_ERR_CERT_SIGNATURE_FAILURE, ATTEST_TLS_FAULT_ISSUER },
    { X509_V_ERR_HOSTNAME_MISMATCH, ATTEST_TLS_FAULT_NAME },
    { X509_V_ERR_IP_ADDRESS_MISMATCH, ATTEST_TLS_FAULT_NAME },
};

enum attest_tls_fault attest_tls_fault_of(long verify_result)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (faults[i].result == verify_result)
            return faults[i].fault;
    return ATTEST_TLS_FAULT_OTHER;
}

enum attest_error attest_tls_prepare(void *context, int64_t now)
{
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(context);

    if (!parameters)
        return ATTEST_INTERNAL;
    SSL_CTX_set_keylog_callback(context, NULL);
    if (now != 0)
        X509_VERIFY_PARAM_set_time(parameters, (time_t)now);
    return ATTEST_OK;
}
