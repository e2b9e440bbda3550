/* SPDX-License-Identifier: Apache-2.0 */
/* What would a TPM and its tools have sent? By tss2-mu and OpenSSL. */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static const struct kind {
    const char *name;
    const char *curve; /* NULL for RSA */
    TPMI_ALG_ASYM_SCHEME scheme;
    TPMI_ECC_CURVE tpm_curve;
    TPMI_ALG_HASH hash;
} kinds[] = {
    { "P-256", "P-256", TPM2_ALG_ECDSA, TPM2_ECC_NIST_P256, TPM2_ALG_SHA256 },
    { "P-384", "P-384", TPM2_ALG_ECDSA, TPM2_ECC_NIST_P384, TPM2_ALG_SHA384 },
    { "P-521", "P-521", TPM2_ALG_ECDSA, TPM2_ECC_NIST_P521, TPM2_ALG_SHA512 },
    { "RSASSA", NULL, TPM2_ALG_RSASSA, 0, TPM2_ALG_SHA256 },
    { "RSAPSS", NULL, TPM2_ALG_RSAPSS, 0, TPM2_ALG_SHA384 },
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    fail_msg("no kind of key %s", name);
    return NULL;
}

static const EVP_MD *md_of(TPMI_ALG_HASH hash)
{
    return hash == TPM2_ALG_SHA1     ? EVP_sha1()
           : hash == TPM2_ALG_SHA256 ? EVP_sha256()
           : hash == TPM2_ALG_SHA384 ? EVP_sha384()
                                     : EVP_sha512();
}

static UINT16 take_number(EVP_PKEY *key, const char *name, BYTE *ret_number, size_t size)
{
    BIGNUM *number = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
    assert_int_equal(BN_bn2binpad(number, ret_number, (int)size), size);
    BN_free(number);
    return (UINT16)size;
}

static void init_ecc(struct wires *wires, const struct kind *kind)
{
    TPMS_ECC_PARMS *parameters = &wires->public.parameters.eccDetail;
    TPMS_ECC_POINT *point = &wires->public.unique.ecc;

    wires->key = EVP_EC_gen(kind->curve);
    assert_non_null(wires->key);
    size_t size = (size_t)(EVP_PKEY_get_bits(wires->key) + 7) / 8;
    wires->public.type = TPM2_ALG_ECC;
    parameters->symmetric.algorithm = TPM2_ALG_NULL;
    parameters->scheme.scheme = kind->scheme;
    parameters->scheme.details.ecdsa.hashAlg = kind->hash;
    parameters->curveID = kind->tpm_curve;
    parameters->kdf.scheme = TPM2_ALG_NULL;
    point->x.size = take_number(wires->key, OSSL_PKEY_PARAM_EC_PUB_X, point->x.buffer, size);
    point->y.size = take_number(wires->key, OSSL_PKEY_PARAM_EC_PUB_Y, point->y.buffer, size);
}

static void init_rsa(struct wires *wires, const struct kind *kind)
{
    TPMS_RSA_PARMS *parameters = &wires->public.parameters.rsaDetail;

    wires->key = EVP_RSA_gen(2048);
    assert_non_null(wires->key);
    wires->public.type = TPM2_ALG_RSA;
    parameters->symmetric.algorithm = TPM2_ALG_NULL;
    parameters->scheme.scheme = kind->scheme;
    parameters->scheme.details.rsassa.hashAlg = kind->hash;
    parameters->keyBits = 2048;
    wires->public.unique.rsa.size =
        take_number(wires->key, OSSL_PKEY_PARAM_RSA_N, wires->public.unique.rsa.buffer, 256);
}

static void init_attest(struct wires *wires)
{
    TPMS_QUOTE_INFO *quote = &wires->attest.attested.quote;

    wires->attest.magic = TPM2_GENERATED_VALUE;
    wires->attest.type = TPM2_ST_ATTEST_QUOTE;
    wires->attest.extraData.size = sizeof wires->nonce;
    memcpy(wires->attest.extraData.buffer, wires->nonce, sizeof wires->nonce);
    wires->attest.clockInfo =
        (TPMS_CLOCK_INFO){ .clock = 0x0102030405060708, .resetCount = 9, .restartCount = 10, .safe = 1 };
    wires->attest.firmwareVersion = 0x1112131415161718;
    quote->pcrSelect.count = 1;
    quote->pcrSelect.pcrSelections[0] =
        (TPMS_PCR_SELECTION){ .hash = TPM2_ALG_SHA384, .sizeofSelect = 3, .pcrSelect = { 0x0f, 0x08, 0 } };
}

static TPMI_ALG_HASH scheme_hash(const struct wires *wires)
{
    return wires->public.type == TPM2_ALG_RSA ? wires->public.parameters.rsaDetail.scheme.details.rsassa.hashAlg
                                              : wires->public.parameters.eccDetail.scheme.details.ecdsa.hashAlg;
}

void wires_digest_pcrs(struct wires *wires)
{
    TPM2B_DIGEST *digest = &wires->attest.attested.quote.pcrDigest;
    const BYTE *select = wires->attest.attested.quote.pcrSelect.pcrSelections[0].pcrSelect;
    unsigned size = 0;

    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestInit_ex(context, md_of(scheme_hash(wires)), NULL), 1);
    for (size_t i = 0; i < 24; i++)
        if (select[i / 8] >> (i % 8) & 1)
            EVP_DigestUpdate(context, wires->pcrs[i], sizeof wires->pcrs[i]);
    EVP_DigestFinal_ex(context, digest->buffer, &size);
    EVP_MD_CTX_free(context);
    digest->size = (UINT16)size;
}

static void marshal_public(struct wires *wires)
{
    struct wire *wire = &wires->public_wire;

    wire->size = 0;
    assert_int_equal(Tss2_MU_TPMT_PUBLIC_Marshal(&wires->public, wire->data, sizeof wire->data, &wire->size),
                     0);
}

/* TPM 2.0 Part 1 §16 and §26.5, with SHA-256. */
void wires_name(struct wires *wires)
{
    static const uint8_t sha256[] = { 0x00, 0x0b }, endorsement[] = { 0x40, 0x00, 0x00, 0x0b };
    uint8_t qualified[sizeof endorsement + sizeof wires->name];
    TPM2B_NAME *signer = &wires->attest.qualifiedSigner;

    marshal_public(wires);
    memcpy(wires->name, sha256, sizeof sha256);
    EVP_Digest(wires->public_wire.data, wires->public_wire.size, wires->name + 2, NULL, EVP_sha256(), NULL);
    memcpy(qualified, endorsement, sizeof endorsement);
    memcpy(qualified + sizeof endorsement, wires->name, sizeof wires->name);
    memcpy(signer->name, sha256, sizeof sha256);
    EVP_Digest(qualified, sizeof qualified, signer->name + 2, NULL, EVP_sha256(), NULL);
    signer->size = sizeof wires->name;
}

void wires_init(struct wires *wires, const char *name)
{
    const struct kind *kind = find_kind(name);

    *wires = (struct wires){ 0 };
    for (size_t i = 0; i < COUNT(wires->pcrs); i++)
        memset(wires->pcrs[i], (int)i + 1, sizeof wires->pcrs[i]);
    for (size_t i = 0; i < sizeof wires->nonce; i++)
        wires->nonce[i] = (uint8_t)(0xa0 + i);
    wires->public.nameAlg = TPM2_ALG_SHA256;
    wires->public.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                     TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |
                                     TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_SIGN_ENCRYPT;
    if (kind->curve)
        init_ecc(wires, kind);
    else
        init_rsa(wires, kind);
    init_attest(wires);
    wires_name(wires);
    wires_digest_pcrs(wires);
    wires_seal(wires);
}

void wires_done(struct wires *wires)
{
    EVP_PKEY_free(wires->key);
    wires->key = NULL;
}

static void sign(struct wires *wires, const struct kind *kind)
{
    TPMI_ALG_HASH hash = scheme_hash(wires);
    uint8_t value[1024];
    size_t size = sizeof value;
    EVP_PKEY_CTX *parameters;

    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, &parameters, md_of(hash), NULL, wires->key), 1);
    if (kind->scheme == TPM2_ALG_RSAPSS)
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    assert_int_equal(EVP_DigestSign(context, value, &size, wires->attest_wire.data, wires->attest_wire.size),
                     1);
    EVP_MD_CTX_free(context);

    wires->signature.sigAlg = kind->scheme;
    wires->signature.signature.any.hashAlg = hash;
    if (!kind->curve) {
        wires->signature.signature.rsassa.sig.size = (UINT16)size;
        memcpy(wires->signature.signature.rsassa.sig.buffer, value, size);
        return;
    }
    const uint8_t *der = value;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)size);
    TPMS_SIGNATURE_ECDSA *ecdsa = &wires->signature.signature.ecdsa;
    ecdsa->signatureR.size = (UINT16)BN_bn2bin(ECDSA_SIG_get0_r(pair), ecdsa->signatureR.buffer);
    ecdsa->signatureS.size = (UINT16)BN_bn2bin(ECDSA_SIG_get0_s(pair), ecdsa->signatureS.buffer);
    ECDSA_SIG_free(pair);
}

static const struct kind *kind_of(const struct wires *wires)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].curve ? wires->public.type == TPM2_ALG_ECC &&
                                 kinds[i].tpm_curve == wires->public.parameters.eccDetail.curveID
                           : kinds[i].scheme == wires->public.parameters.rsaDetail.scheme.scheme)
            return &kinds[i];
    fail_msg("no such kind of key");
    return NULL;
}

void wires_base64(struct attest_view data, char *ret_text, size_t size)
{
    assert_true((data.size + 2) / 3 * 4 < size);
    ret_text[0] = '\0';
    if (data.size > 0)
        EVP_EncodeBlock((unsigned char *)ret_text, data.data, (int)data.size);
}

static int print_hex(char *text, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02x", data[i]);
    return (int)(2 * size);
}

static void write_pem(struct wires *wires)
{
    BIO *bio = BIO_new(BIO_s_mem());

    assert_int_equal(PEM_write_bio_PUBKEY(bio, wires->key), 1);
    int size = BIO_read(bio, wires->pem, sizeof wires->pem - 1);
    assert_true(size > 0);
    wires->pem[size] = '\0';
    BIO_free(bio);
}

static void write_pcrs(struct wires *wires)
{
    const BYTE *select = wires->attest.attested.quote.pcrSelect.pcrSelections[0].pcrSelect;
    char *at = wires->pcrs_json;

    at += sprintf(at, "{\"bank\":\"sha384\",\"pcrs\":{");
    const char *comma = "";
    for (size_t i = 0; i < COUNT(wires->pcrs); i++) {
        if (!(select[i / 8] >> (i % 8) & 1))
            continue;
        at += sprintf(at, "%s\"%zu\":\"", comma, i);
        at += print_hex(at, wires->pcrs[i], sizeof wires->pcrs[i]);
        at += sprintf(at, "\"");
        comma = ",";
    }
    sprintf(at, "}}");
}

static void write_bundle(struct wires *wires)
{
    char nonce[2 * sizeof wires->nonce + 1], name[2 * sizeof wires->name + 1];
    char quoted[1500], signature[1500], public[1500], pem[1100];
    char *to = pem;

    print_hex(nonce, wires->nonce, sizeof wires->nonce);
    print_hex(name, wires->name, sizeof wires->name);
    wires_base64(wire_view(&wires->attest_wire), quoted, sizeof quoted);
    wires_base64(wire_view(&wires->signature_wire), signature, sizeof signature);
    wires_base64(wire_view(&wires->public_wire), public, sizeof public);
    for (const char *from = wires->pem; *from; from++)
        to += sprintf(to, *from == '\n' ? "\\n" : "%c", *from);
    int pcrs_size = (int)strlen(wires->pcrs_json) - 2; /* without the outer braces */
    snprintf(wires->bundle, sizeof wires->bundle,
             "{\"type\":\"tpm2-quote\",\"nonce\":\"%s\",%.*s,\"quoted\":\"%s\",\"signature\":\"%s\","
             "\"ak\":{\"name\":\"%s\",\"public\":\"%s\",\"pem\":\"%s\"}}",
             nonce, pcrs_size, wires->pcrs_json + 1, quoted, signature, name, public, pem);
}

void wires_seal(struct wires *wires)
{
    struct wire *attest = &wires->attest_wire, *signature = &wires->signature_wire;

    marshal_public(wires);
    attest->size = signature->size = 0;
    assert_int_equal(
        Tss2_MU_TPMS_ATTEST_Marshal(&wires->attest, attest->data, sizeof attest->data, &attest->size), 0);
    sign(wires, kind_of(wires));
    assert_int_equal(Tss2_MU_TPMT_SIGNATURE_Marshal(&wires->signature, signature->data, sizeof signature->data,
                                                    &signature->size),
                     0);
    write_pem(wires);
    write_pcrs(wires);
    write_bundle(wires);
}

struct attest_view wire_view(const struct wire *wire)
{
    return (struct attest_view){ wire->data, wire->size };
}
