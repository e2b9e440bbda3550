/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does this certificate say, and did that key sign it? Trusts nothing in it: OpenSSL decodes, and what was
 * decoded must encode to the bytes that came, so that no two readings of one certificate exist (RFC 5280 §4.1,
 * X.690 §10).
 */
#include "base/certificate.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/ossl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PEM_MAX        ((size_t)16 << 10)
#define EXTENSIONS_MAX 32

struct attest_certificate {
    X509 *x509;
    struct attest_bytes der;
    struct attest_certificate_facts facts;
};

/* OpenSSL's queue of errors is emptied: our errors say it. */
static enum attest_error refuse(struct attest_diag *diag, const char *found, const char *expected)
{
    ERR_clear_error();
    return attest_fail(diag, ATTEST_MALFORMED, found, "%s", expected);
}

static struct attest_view name_of(X509_NAME *name)
{
    const unsigned char *der = NULL;
    size_t size = 0;

    return X509_NAME_get0_der(name, &der, &size) == 1 ? (struct attest_view){ der, size }
                                                      : (struct attest_view){ 0 };
}

static bool seconds_of(const ASN1_TIME *time, int64_t *ret_seconds)
{
    struct tm parts;

    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return false;
    *ret_seconds = (int64_t)timegm(&parts);
    return true;
}

/* Named, not spelled out: explicit parameters could describe another curve that looks like it. */
static bool is_p384(X509 *x509)
{
    X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *type, *curve;
    const void *parameter;
    int parameter_type;

    if (X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509)) != 1)
        return false;
    X509_ALGOR_get0(&type, &parameter_type, &parameter, algorithm);
    if (OBJ_obj2nid(type) != NID_X9_62_id_ecPublicKey || parameter_type != V_ASN1_OBJECT)
        return false;
    curve = parameter;
    return OBJ_obj2nid(curve) == NID_secp384r1;
}

static enum attest_error read_constraints(X509 *x509, struct attest_certificate_facts *facts,
                                          struct attest_diag *diag)
{
    int critical;
    int64_t length = 0;

    _cleanup_(BASIC_CONSTRAINTS_freep) BASIC_CONSTRAINTS *constraints =
        X509_get_ext_d2i(x509, NID_basic_constraints, &critical, NULL);
    if (!constraints && critical != -1)
        return refuse(diag, NULL, "basicConstraints that can be read");
    if (!constraints)
        return ATTEST_OK;
    facts->is_ca = constraints->ca != 0;
    facts->has_path_length = constraints->pathlen != NULL;
    if (!constraints->pathlen)
        return ATTEST_OK;
    if (ASN1_INTEGER_get_int64(&length, constraints->pathlen) != 1 || length < 0)
        return refuse(diag, NULL, "a path length that is none or a number");
    facts->path_length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    return ATTEST_OK;
}

static enum attest_error read_usage(X509 *x509, struct attest_certificate_facts *facts,
                                    struct attest_diag *diag)
{
    int critical;

    _cleanup_(ASN1_BIT_STRING_freep) ASN1_BIT_STRING *usage =
        X509_get_ext_d2i(x509, NID_key_usage, &critical, NULL);
    if (!usage && critical != -1)
        return refuse(diag, NULL, "a keyUsage that can be read");
    facts->has_usage = usage != NULL;
    for (int bit = 0; usage && bit < 9; bit++)
        if (ASN1_BIT_STRING_get_bit(usage, bit))
            facts->usage |= 1u << bit;
    return ATTEST_OK;
}

/* Never empty, even where the OID is none that can be written. */
static void note_critical(const ASN1_OBJECT *object, struct attest_certificate_facts *facts)
{
    if (OBJ_obj2txt(facts->unknown_critical, sizeof facts->unknown_critical, object, 1) <= 0 ||
        !facts->unknown_critical[0])
        snprintf(facts->unknown_critical, sizeof facts->unknown_critical, "without a name");
}

/* RFC 5280 §4.2: no extension twice, and none that is critical and not understood. */
static enum attest_error read_extensions(X509 *x509, struct attest_certificate_facts *facts,
                                         struct attest_diag *diag)
{
    int count = X509_get_ext_count(x509);

    if (count > EXTENSIONS_MAX)
        return refuse(diag, NULL, "a certificate of at most 32 extensions");
    for (int i = 0; i < count; i++) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
        int nid = OBJ_obj2nid(object);
        if (X509_get_ext_by_OBJ(x509, object, i) != -1)
            return refuse(diag, NULL, "each extension of a certificate once");
        if (X509_EXTENSION_get_critical(extension) && nid != NID_basic_constraints && nid != NID_key_usage)
            note_critical(object, facts);
    }
    attest_try(read_constraints(x509, facts, diag));
    return read_usage(x509, facts, diag);
}

static enum attest_error read_facts(struct attest_certificate *certificate, struct attest_diag *diag)
{
    struct attest_certificate_facts *facts = &certificate->facts;
    X509 *x509 = certificate->x509;
    struct attest_view der = attest_bytes_view(&certificate->der);
    uint8_t digest[ATTEST_HASH_MAX_SIZE];

    facts->subject = name_of(X509_get_subject_name(x509));
    facts->issuer = name_of(X509_get_issuer_name(x509));
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    facts->serial = (struct attest_view){ ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial) };
    if (!seconds_of(X509_get0_notBefore(x509), &facts->not_before) ||
        !seconds_of(X509_get0_notAfter(x509), &facts->not_after))
        return refuse(diag, NULL, "a certificate with a validity that can be read");
    facts->is_v3 = X509_get_version(x509) == X509_VERSION_3;
    facts->is_p384 = is_p384(x509);
    facts->is_ecdsa_sha384 = X509_get_signature_nid(x509) == NID_ecdsa_with_SHA384 &&
                             OBJ_obj2nid(X509_get0_tbs_sigalg(x509)->algorithm) == NID_ecdsa_with_SHA384;
    if (!X509_get0_pubkey(x509))
        return refuse(diag, NULL, "a certificate with a public key that can be one");
    attest_try(attest_hash_digest(ATTEST_HASH_SHA256, &der, 1, digest));
    memcpy(facts->fingerprint, digest, sizeof facts->fingerprint);
    return read_extensions(x509, facts, diag);
}

static enum attest_error encode(X509 *x509, struct attest_bytes *out, struct attest_diag *diag)
{
    uint8_t *der = NULL;

    int size = i2d_X509(x509, &der);
    if (size <= 0)
        return refuse(diag, NULL, "a certificate");
    attest_bytes_append(out, (struct attest_view){ der, (size_t)size });
    OPENSSL_free(der);
    return attest_bytes_check(out);
}

/* Takes over `x509`. */
static enum attest_error adopt(X509 **x509, struct attest_certificate **ret_certificate,
                               struct attest_diag *diag)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *certificate =
        calloc(1, sizeof *certificate);
    if (!certificate)
        return ATTEST_MEMORY;
    certificate->x509 = attest_steal(*x509);
    certificate->der = attest_bytes_init(ATTEST_CERTIFICATE_MAX);
    attest_try(encode(certificate->x509, &certificate->der, diag));
    attest_try(read_facts(certificate, diag));
    *ret_certificate = attest_steal(certificate);
    return ATTEST_OK;
}

enum attest_error attest_certificate_parse(struct attest_view der, struct attest_certificate **ret_certificate,
                                           struct attest_diag *diag)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *certificate = NULL;
    const unsigned char *end = der.data;

    if (der.size > ATTEST_CERTIFICATE_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a certificate of at most %zu bytes",
                           ATTEST_CERTIFICATE_MAX);
    _cleanup_(X509_freep) X509 *x509 = der.size > 0 ? d2i_X509(NULL, &end, (long)der.size) : NULL;
    if (!x509)
        return refuse(diag, "something else", "a certificate (X.509, DER)");
    if (end != der.data + der.size)
        return refuse(diag, "bytes behind it", "a certificate alone");
    attest_try(adopt(&x509, &certificate, diag));
    if (!attest_view_equal(attest_bytes_view(&certificate->der), der))
        return refuse(diag, "another encoding", "a certificate in DER");
    *ret_certificate = attest_steal(certificate);
    return ATTEST_OK;
}

/* PEM may claim to be encrypted (RFC 1421 §4.6); without a callback OpenSSL would ask at the terminal. */
static int no_pass_phrase(char *phrase, int size, int writing, void *context)
{
    (void)phrase, (void)size, (void)writing, (void)context;
    return -1;
}

enum attest_error attest_certificate_from_pem(struct attest_view pem,
                                              struct attest_certificate **ret_certificate,
                                              struct attest_diag *diag)
{
    static const char expected[] = "one certificate in PEM (BEGIN CERTIFICATE)";

    if (pem.size > PEM_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a PEM certificate of at most %zu bytes", PEM_MAX);
    if (pem.size == 0) /* which BIO_new_mem_buf takes for a failure */
        return attest_fail(diag, ATTEST_MALFORMED, "nothing", "%s", expected);
    _cleanup_(BIO_free_allp) BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    if (!bio)
        return ATTEST_MEMORY;
    _cleanup_(X509_freep) X509 *x509 = PEM_read_bio_X509(bio, NULL, no_pass_phrase, NULL);
    if (!x509)
        return refuse(diag, "something else", expected);
    _cleanup_(X509_freep) X509 *second = PEM_read_bio_X509(bio, NULL, no_pass_phrase, NULL);
    if (second)
        return refuse(diag, "more of them", expected);
    ERR_clear_error();
    return adopt(&x509, ret_certificate, diag);
}

void attest_certificate_free(struct attest_certificate *certificate)
{
    if (!certificate)
        return;
    X509_free(certificate->x509);
    attest_bytes_done(&certificate->der);
    free(certificate);
}

void attest_certificate_cleanup(struct attest_certificate **certificate)
{
    attest_certificate_free(*certificate);
}

struct attest_view attest_certificate_der(const struct attest_certificate *certificate)
{
    return attest_bytes_view(&certificate->der);
}

const struct attest_certificate_facts *attest_certificate_facts(const struct attest_certificate *certificate)
{
    return &certificate->facts;
}

const struct attest_key *attest_certificate_key(const struct attest_certificate *certificate)
{
    /* What base/key.c makes of one, too. */
    return (const struct attest_key *)X509_get0_pubkey(certificate->x509);
}

enum attest_error attest_certificate_verify(const struct attest_certificate *certificate,
                                            const struct attest_certificate *issuer)
{
    int result = X509_verify(certificate->x509, X509_get0_pubkey(issuer->x509));

    ERR_clear_error();
    return result == 1 ? ATTEST_OK : ATTEST_REFUSED;
}
