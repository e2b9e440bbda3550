/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate of the test CA. */
#ifndef NITROTPM_SIM_CERTIFICATE_H
#define NITROTPM_SIM_CERTIFICATE_H

#include "attest/error.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define CERTIFICATE_NAMES_MAX      6
#define CERTIFICATE_EXTENSIONS_MAX 6
#define CERTIFICATE_SIZE_MAX       1024 /* what a document may carry */

struct certificate_name {
    const char *type; /* "CN" and the like; NULL ends the list */
    const char *value;
};

struct certificate_extension {
    int nid; /* 0 ends the list */
    const char *value;
};

struct certificate_plan {
    const struct certificate_name *subject;         /* in the order in which they are encoded */
    const struct certificate_extension *extensions; /* the same */
    int64_t not_before, not_after;                  /* seconds since 1970 */
    uint64_t serial;                                /* 0: random, of `serial_bits` */
    int serial_bits;
    EVP_PKEY *key;
    X509 *issuer; /* NULL: itself */
    EVP_PKEY *issuer_key;
};

enum attest_error certificate_issue(const struct certificate_plan *plan, X509 **ret_certificate,
                                    struct attest_diag *diag) attest_must_check;

#endif
