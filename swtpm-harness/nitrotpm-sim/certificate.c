/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is a certificate made as the plan says? X.509 v3 (RFC 5280), signed with ECDSA and SHA-384.
 */
#include "swtpm-harness/nitrotpm-sim/certificate.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

static bool add_names(X509_NAME *name, const struct certificate_name *parts)
{
    for (; parts->type; parts++)
        if (!X509_NAME_add_entry_by_txt(name, parts->type, MBSTRING_UTF8, (const unsigned char *)parts->value,
                                        -1, -1, 0))
            return false;
    return true;
}

static bool set_serial(X509 *certificate, const struct certificate_plan *plan)
{
    ASN1_INTEGER *serial = X509_get_serialNumber(certificate);

    if (plan->serial)
        return ASN1_INTEGER_set_uint64(serial, plan->serial);
    _cleanup_(BN_freep) BIGNUM *number = BN_new();
    return number && BN_rand(number, plan->serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
           BN_to_ASN1_INTEGER(number, serial);
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct certificate_extension *extensions)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    for (; extensions->nid; extensions++) {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, extensions->nid, extensions->value);
        bool added = extension && X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
        if (!added)
            return false;
    }
    return true;
}

static bool fill(X509 *certificate, const struct certificate_plan *plan)
{
    X509 *issuer = plan->issuer ? plan->issuer : certificate;

    return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate, plan) &&
           add_names(X509_get_subject_name(certificate), plan->subject) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)plan->not_before) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)plan->not_after) &&
           X509_set_pubkey(certificate, plan->key) && add_extensions(certificate, issuer, plan->extensions) &&
           X509_sign(certificate, plan->issuer_key, EVP_sha384()) > 0;
}

enum attest_error certificate_issue(const struct certificate_plan *plan, X509 **ret_certificate,
                                    struct attest_diag *diag)
{
    _cleanup_(X509_freep) X509 *certificate = X509_new();

    if (!certificate || !fill(certificate, plan)) {
        ERR_clear_error();
        return attest_fail(diag, ATTEST_INTERNAL, NULL, "to make a certificate");
    }
    if (i2d_X509(certificate, NULL) > CERTIFICATE_SIZE_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a certificate of at most %d bytes",
                           CERTIFICATE_SIZE_MAX);
    *ret_certificate = attest_steal(certificate);
    return ATTEST_OK;
}
