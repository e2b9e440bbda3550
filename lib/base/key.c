/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did the holder of this key sign these bytes? Trusts no key or signature to be well-formed: OpenSSL decodes,
 * and what it decodes must be of a type and size listed here.
 */
#include "base/key.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#define PEM_MAX      ((size_t)16 << 10)
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 4096

static const struct {
    const char *group;
    size_t size;
} curves[] = {
    [ATTEST_KEY_P256] = { "prime256v1", 32 },
    [ATTEST_KEY_P384] = { "secp384r1", 48 },
    [ATTEST_KEY_P521] = { "secp521r1", 66 },
};

/* OpenSSL keeps what failed in a queue of the thread's; our errors say it, so the queue is emptied. */
static enum attest_error refuse(enum attest_error error, struct attest_diag *diag, const char *expected)
{
    ERR_clear_error();
    return attest_fail(diag, error, NULL, "%s", expected);
}

static bool is_supported(const EVP_PKEY *pkey)
{
    char group[32];

    if (EVP_PKEY_is_a(pkey, "RSA"))
        return EVP_PKEY_get_bits(pkey) >= RSA_BITS_MIN && EVP_PKEY_get_bits(pkey) <= RSA_BITS_MAX;
    if (!EVP_PKEY_is_a(pkey, "EC") || !EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL))
        return false;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++)
        if (attest_view_equal(attest_view_text(group), attest_view_text(curves[i].group)))
            return true;
    return false;
}

/* Takes over `pkey`. */
static enum attest_error adopt(EVP_PKEY **pkey, struct attest_key **ret_key, struct attest_diag *diag)
{
    if (!is_supported(*pkey))
        return refuse(ATTEST_UNSUPPORTED, diag,
                      "an RSA key of 2048 to 4096 bits or one on P-256, P-384 or P-521");
    _cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(*pkey, NULL);
    if (!context)
        return ATTEST_MEMORY;
    if (EVP_PKEY_public_check(context) != 1)
        return refuse(ATTEST_MALFORMED, diag, "a public key that can be one");
    *ret_key = (struct attest_key *)attest_steal(*pkey);
    return ATTEST_OK;
}

static EVP_PKEY *pkey_of(const struct attest_key *key)
{
    return (EVP_PKEY *)key;
}

/* PEM may claim to be encrypted (RFC 1421 §4.6); without a callback OpenSSL would ask at the terminal. */
static int no_pass_phrase(char *phrase, int size, int writing, void *context)
{
    (void)phrase, (void)size, (void)writing, (void)context;
    return -1;
}

enum attest_error attest_key_from_pem(struct attest_view pem, struct attest_key **ret_key,
                                      struct attest_diag *diag)
{
    if (pem.size > PEM_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a PEM public key of at most %zu bytes", PEM_MAX);
    if (pem.size == 0) /* which BIO_new_mem_buf takes for a failure */
        return attest_fail(diag, ATTEST_MALFORMED, "nothing", "a public key in PEM (BEGIN PUBLIC KEY)");
    _cleanup_(BIO_free_allp) BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    if (!bio)
        return ATTEST_MEMORY;
    _cleanup_(EVP_PKEY_freep) EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, no_pass_phrase, NULL);
    if (!pkey)
        return refuse(ATTEST_MALFORMED, diag, "a public key in PEM (BEGIN PUBLIC KEY)");
    return adopt(&pkey, ret_key, diag);
}

static bool is_blank(struct attest_view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != ' ' && text.data[i] != '\n' && text.data[i] != '\r')
            return false;
    return true;
}

static void free_data(unsigned char **data)
{
    OPENSSL_free(*data);
}

enum attest_error attest_key_decode_pem(struct attest_view pem, size_t maximum, struct attest_bytes *ret_der,
                                        struct attest_diag *diag)
{
    static const char begin[] = "-----BEGIN PUBLIC KEY-----";
    static const char expected[] = "a public key in PEM (BEGIN PUBLIC KEY), and nothing else";
    _cleanup_(free_data) unsigned char *data = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes der = attest_bytes_init(maximum);
    char *rest = NULL;
    long size = 0;

    if (pem.size > PEM_MAX || pem.size < sizeof begin - 1 || memcmp(pem.data, begin, sizeof begin - 1) != 0)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", expected);
    _cleanup_(BIO_free_allp) BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    if (!bio)
        return ATTEST_MEMORY;
    if (PEM_bytes_read_bio(&data, &size, NULL, PEM_STRING_PUBLIC, bio, no_pass_phrase, NULL) != 1)
        return refuse(ATTEST_MALFORMED, diag, expected);
    long left = BIO_get_mem_data(bio, &rest);
    if (!is_blank((struct attest_view){ (const uint8_t *)rest, (size_t)left }))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", expected);
    attest_bytes_append(&der, (struct attest_view){ data, (size_t)size });
    attest_try(attest_bytes_check(&der));
    *ret_der = attest_bytes_take(&der);
    return ATTEST_OK;
}

static enum attest_error from_params(const char *type, OSSL_PARAM_BLD *builder, struct attest_key **ret_key,
                                     struct attest_diag *diag)
{
    _cleanup_(EVP_PKEY_freep) EVP_PKEY *pkey = NULL;
    _cleanup_(OSSL_PARAM_freep) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    _cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);

    if (!params || !context)
        return ATTEST_MEMORY;
    if (EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return refuse(ATTEST_MALFORMED, diag, "a public key that can be one");
    return adopt(&pkey, ret_key, diag);
}

enum attest_error attest_key_from_rsa(struct attest_view modulus, uint32_t exponent,
                                      struct attest_key **ret_key, struct attest_diag *diag)
{
    if (modulus.size > RSA_BITS_MAX / 8)
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "an RSA modulus of at most %d bits", RSA_BITS_MAX);
    _cleanup_(BN_freep) BIGNUM *n = BN_bin2bn(modulus.data, (int)modulus.size, NULL);
    _cleanup_(OSSL_PARAM_BLD_freep) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (!n || !builder || !OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) ||
        !OSSL_PARAM_BLD_push_uint32(builder, OSSL_PKEY_PARAM_RSA_E, exponent))
        return ATTEST_MEMORY;
    return from_params("RSA", builder, ret_key, diag);
}

static enum attest_error from_point(enum attest_key_curve curve, struct attest_view point,
                                    struct attest_key **ret_key, struct attest_diag *diag)
{
    _cleanup_(OSSL_PARAM_BLD_freep) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (!builder ||
        !OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curves[curve].group, 0) ||
        !OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.size))
        return ATTEST_MEMORY;
    return from_params("EC", builder, ret_key, diag);
}

/* Left-padded to the size of the field (SEC 1 §2.3.5): TPMs may strip leading zeros. */
static void append_coordinate(struct attest_bytes *point, struct attest_view coordinate, size_t size)
{
    for (size_t i = coordinate.size; i < size; i++)
        attest_bytes_append_u8(point, 0);
    attest_bytes_append(point, coordinate);
}

enum attest_error attest_key_from_ec(enum attest_key_curve curve, struct attest_view x, struct attest_view y,
                                     struct attest_key **ret_key, struct attest_diag *diag)
{
    size_t size = curves[curve].size;
    _cleanup_(attest_bytes_done) struct attest_bytes point = attest_bytes_init(1 + 2 * size);

    if (x.size > size || y.size > size)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "coordinates of at most %zu bytes", size);
    attest_bytes_append_u8(&point, 4); /* uncompressed */
    append_coordinate(&point, x, size);
    append_coordinate(&point, y, size);
    attest_try(attest_bytes_check(&point));
    return from_point(curve, attest_bytes_view(&point), ret_key, diag);
}

enum attest_error attest_key_from_compressed(enum attest_key_curve curve, struct attest_view point,
                                             struct attest_key **ret_key, struct attest_diag *diag)
{
    if (point.size != 1 + curves[curve].size || (point.data[0] != 2 && point.data[0] != 3))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a compressed point of %zu bytes",
                           1 + curves[curve].size);
    return from_point(curve, point, ret_key, diag);
}

void attest_key_free(struct attest_key *key)
{
    EVP_PKEY_free(pkey_of(key));
}

void attest_key_cleanup(struct attest_key **key)
{
    attest_key_free(*key);
}

bool attest_key_equal(const struct attest_key *a, const struct attest_key *b)
{
    bool equal = EVP_PKEY_eq(pkey_of(a), pkey_of(b)) == 1;

    ERR_clear_error(); /* keys of different types are an error to OpenSSL */
    return equal;
}

bool attest_key_is_rsa(const struct attest_key *key)
{
    return EVP_PKEY_is_a(pkey_of(key), "RSA");
}

enum attest_error attest_key_encode_pem(const struct attest_key *key, struct attest_bytes *out)
{
    char *text;

    _cleanup_(BIO_free_allp) BIO *bio = BIO_new(BIO_s_mem());
    if (!bio || PEM_write_bio_PUBKEY(bio, pkey_of(key)) != 1)
        return ATTEST_MEMORY;
    long size = BIO_get_mem_data(bio, &text);
    attest_bytes_append(out, (struct attest_view){ (const uint8_t *)text, (size_t)size });
    return attest_bytes_check(out);
}

enum attest_error attest_key_encode_ecdsa(struct attest_view r, struct attest_view s, struct attest_bytes *out)
{
    uint8_t *der = NULL;

    _cleanup_(ECDSA_SIG_freep) ECDSA_SIG *signature = ECDSA_SIG_new();
    _cleanup_(BN_freep) BIGNUM *r_number = BN_bin2bn(r.data, (int)r.size, NULL);
    _cleanup_(BN_freep) BIGNUM *s_number = BN_bin2bn(s.data, (int)s.size, NULL);
    if (!signature || !r_number || !s_number || !ECDSA_SIG_set0(signature, r_number, s_number))
        return ATTEST_MEMORY;
    r_number = s_number = NULL; /* the signature owns them now */
    int size = i2d_ECDSA_SIG(signature, &der);
    if (size < 0)
        return ATTEST_MEMORY;
    attest_bytes_append(out, (struct attest_view){ der, (size_t)size });
    OPENSSL_free(der);
    return attest_bytes_check(out);
}

enum attest_error attest_key_verify(const struct attest_key *key, enum attest_key_scheme scheme,
                                    enum attest_hash hash, struct attest_view message,
                                    struct attest_view signature)
{
    EVP_PKEY_CTX *parameters; /* owned by `context` */

    if (attest_hash_size(hash) == 0 || attest_key_is_rsa(key) != (scheme != ATTEST_KEY_ECDSA))
        return ATTEST_REFUSED;
    _cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context)
        return ATTEST_MEMORY;
    if (EVP_DigestVerifyInit(context, &parameters, attest_hash_md(hash), NULL, pkey_of(key)) != 1)
        return refuse(ATTEST_INTERNAL, NULL, "");
    if (scheme == ATTEST_KEY_RSAPSS &&
        (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) != 1))
        return refuse(ATTEST_INTERNAL, NULL, "");
    if (EVP_DigestVerify(context, signature.data, signature.size, message.data, message.size) != 1)
        return refuse(ATTEST_REFUSED, NULL, "");
    return ATTEST_OK;
}

size_t attest_key_certificate_size(struct attest_view der)
{
    const uint8_t *end = der.data;

    _cleanup_(X509_freep) X509 *certificate = d2i_X509(NULL, &end, (long)der.size);
    ERR_clear_error();
    return certificate ? (size_t)(end - der.data) : 0;
}
