/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test CA: root, regional, zonal, instance, leaf, as AWS has them, but with "simulator" in every name. The
 * root stays; the others are issued anew when their time comes.
 */
#ifndef NITROTPM_SIM_CA_H
#define NITROTPM_SIM_CA_H

#include "base/bytes.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

enum ca_level { CA_ROOT, CA_REGIONAL, CA_ZONAL, CA_INSTANCE, CA_LEAF, CA_LEVELS };

struct ca {
    const char *region;
    const char *module_id;
    int64_t left; /* what the leaf that is there was issued with (ca_refresh) */
    struct ca_entry {
        EVP_PKEY *key;
        X509 *certificate;
        int64_t not_before, renew; /* seconds since 1970 */
    } entries[CA_LEVELS];
};

/* The root from `key_path` and `certificate_path` (PEM), made if neither is there. The texts must stay. */
enum attest_error ca_open(struct ca *ret_ca, const char *key_path, const char *certificate_path,
                          const char *region, const char *module_id, int64_t now, struct attest_diag *diag)
    attest_must_check;
void ca_close(struct ca *ca);

/* Issues what isn't valid at `now`, or won't be for long, and all below it; with `left`, a leaf that ends
 * so many seconds from then, or with - ended before; 0: as AWS's. */
enum attest_error ca_refresh(struct ca *ca, int64_t now, int64_t left, struct attest_diag *diag)
    attest_must_check;

/* DER. */
enum attest_error ca_append_certificate(const struct ca *ca, enum ca_level level, struct attest_bytes *out)
    attest_must_check;

/* ES384 (RFC 9053 §2.1) by the leaf: r and s, 48 bytes each. */
enum attest_error ca_sign(const struct ca *ca, struct attest_view message, struct attest_bytes *out)
    attest_must_check;

#endif
