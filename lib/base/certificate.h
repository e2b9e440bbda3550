/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One X.509 certificate (RFC 5280), read and not judged: whether its issuer is to be believed, whether it is
 * valid now, and what its key may be used for is decided by who asks for the facts.
 */
#ifndef ATTEST_BASE_CERTIFICATE_H
#define ATTEST_BASE_CERTIFICATE_H

#include "attest/key.h"

#include <stdbool.h>

#define ATTEST_CERTIFICATE_MAX  ((size_t)8 << 10) /* bytes of DER */
#define ATTEST_FINGERPRINT_SIZE 32                /* SHA-256 */

/* Key usage (RFC 5280 §4.2.1.3): bit n of the extension is bit n here. */
#define ATTEST_USAGE_DIGITAL_SIGNATURE 0x01u
#define ATTEST_USAGE_KEY_CERT_SIGN     0x20u

struct attest_certificate;

struct attest_certificate_facts {
    struct attest_view subject, issuer; /* Names as they are encoded */
    struct attest_view serial;          /* the integer's bytes, without its sign */
    int64_t not_before, not_after;      /* seconds since 1970; both ends belong to it */
    uint8_t fingerprint[ATTEST_FINGERPRINT_SIZE];
    bool is_v3;
    bool is_p384;              /* the key: an EC key on the named curve secp384r1 (RFC 5480 §2.1.1) */
    bool is_ecdsa_sha384;      /* the signature */
    bool is_ca;                /* basicConstraints says so */
    bool has_path_length;      /* and how many certificates of authorities may follow */
    uint32_t path_length;      /* the highest number stands for all above it */
    bool has_usage;            /* there is a keyUsage extension */
    uint32_t usage;            /* ATTEST_USAGE_... */
    char unknown_critical[40]; /* an OID that is critical and neither of these two; empty if there is none */
};

/* All of `der` must be one certificate in DER, no extension in it twice. ATTEST_MALFORMED, ATTEST_TOO_LARGE.
 * The caller frees. */
enum attest_error attest_certificate_parse(struct attest_view der, struct attest_certificate **ret_certificate,
                                           struct attest_diag *diag) attest_must_check;

/* The one certificate of a PEM text (RFC 7468 §5). */
enum attest_error attest_certificate_from_pem(struct attest_view pem,
                                              struct attest_certificate **ret_certificate,
                                              struct attest_diag *diag) attest_must_check;

void attest_certificate_free(struct attest_certificate *certificate); /* NULL is accepted */
void attest_certificate_cleanup(struct attest_certificate **certificate);

/* These live as long as the certificate. */
struct attest_view attest_certificate_der(const struct attest_certificate *certificate);
const struct attest_certificate_facts *attest_certificate_facts(const struct attest_certificate *certificate);
const struct attest_key *attest_certificate_key(const struct attest_certificate *certificate);

/* ATTEST_OK only if `issuer`'s key signed the certificate; ATTEST_REFUSED. Names are not looked at. */
enum attest_error attest_certificate_verify(const struct attest_certificate *certificate,
                                            const struct attest_certificate *issuer) attest_must_check;

#endif
