/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's objects under our cleanup attribute, for the files of lib/base that use OpenSSL. */
#ifndef ATTEST_BASE_OSSL_H
#define ATTEST_BASE_OSSL_H

#include "attest/hash.h"
#include "base/recipient.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define ATTEST_OSSL_CLEANUP(type, release)                                                                     \
    static inline void release##p(type **object)                                                               \
    {                                                                                                          \
        release(*object);                                                                                      \
    }

ATTEST_OSSL_CLEANUP(ASN1_BIT_STRING, ASN1_BIT_STRING_free)
ATTEST_OSSL_CLEANUP(BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free)
ATTEST_OSSL_CLEANUP(BIGNUM, BN_free)
ATTEST_OSSL_CLEANUP(BIO, BIO_free_all)
ATTEST_OSSL_CLEANUP(CMS_ContentInfo, CMS_ContentInfo_free)
ATTEST_OSSL_CLEANUP(ECDSA_SIG, ECDSA_SIG_free)
ATTEST_OSSL_CLEANUP(EVP_MD, EVP_MD_free)
ATTEST_OSSL_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)
ATTEST_OSSL_CLEANUP(EVP_PKEY, EVP_PKEY_free)
ATTEST_OSSL_CLEANUP(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
ATTEST_OSSL_CLEANUP(OSSL_PARAM, OSSL_PARAM_free)
ATTEST_OSSL_CLEANUP(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
ATTEST_OSSL_CLEANUP(RSA_OAEP_PARAMS, RSA_OAEP_PARAMS_free)
ATTEST_OSSL_CLEANUP(X509, X509_free)
ATTEST_OSSL_CLEANUP(X509_ALGOR, X509_ALGOR_free)

/* EVP_md_null for what is not a hash; never NULL. */
const EVP_MD *attest_hash_md(enum attest_hash hash);

/* A recipient of a key that was made elsewhere, which it takes over. */
enum attest_error attest_recipient_adopt(EVP_PKEY **pkey, struct attest_recipient **ret_key) attest_must_check;

/* A copy of its own for whoever uses the private half, to be freed right after: with the first use OpenSSL
 * keeps p and q beside the key in ordinary memory (BN_MONT_CTX), until the key is freed. NULL if there is no
 * memory. */
EVP_PKEY *attest_recipient_dup(const struct attest_recipient *key);

#endif
