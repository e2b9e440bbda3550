/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What did somebody encrypt to our key? Trusts nothing in the envelope: OpenSSL decodes BER, decrypts, and what
 * it decoded must be of the one form asked for (RFC 5652 §6, RFC 4055 §4, RFC 3565).
 *
 * CMS_decrypt(3) is not used for the content, for two reasons. It passes the plaintext through its stack and
 * leaves it there; so content is read here, from the BIO that deciphers straight into locked memory, what that
 * holds besides being wiped when freed. And for a wrong key it takes a random one, against Bleichenbacher's
 * attack on RSA's older padding, so that one in 256 wrong keys gives garbage and success. OAEP, the only one
 * taken here, is checked without telling why it fails, and every failure is the same error.
 */
#include "base/envelope.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"

#include <openssl/err.h>
#include <stdbool.h>

#define BLOCK_MAX ((size_t)EVP_MAX_BLOCK_LENGTH)

static bool is_algorithm(const X509_ALGOR *algorithm, int nid)
{
    return algorithm && OBJ_obj2nid(algorithm->algorithm) == nid;
}

static bool is_mgf1(const X509_ALGOR *algorithm, int hash_nid)
{
    if (!is_algorithm(algorithm, NID_mgf1))
        return false;
    _cleanup_(X509_ALGOR_freep) X509_ALGOR *hash =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), algorithm->parameter);
    return is_algorithm(hash, hash_nid);
}

/* Left out, or spelled out (RFC 4055 §4.1). */
static bool is_empty_label(const X509_ALGOR *source)
{
    if (!source)
        return true;
    return is_algorithm(source, NID_pSpecified) && source->parameter &&
           source->parameter->type == V_ASN1_OCTET_STRING &&
           ASN1_STRING_length(source->parameter->value.octet_string) == 0;
}

static bool is_oaep(const X509_ALGOR *algorithm, enum attest_hash hash)
{
    int hash_nid = EVP_MD_get_type(attest_hash_md(hash));

    if (!is_algorithm(algorithm, NID_rsaesOaep))
        return false;
    _cleanup_(RSA_OAEP_PARAMS_freep) RSA_OAEP_PARAMS *params =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_OAEP_PARAMS), algorithm->parameter);
    return params && is_algorithm(params->hashFunc, hash_nid) && is_mgf1(params->maskGenFunc, hash_nid) &&
           is_empty_label(params->pSourceFunc);
}

static CMS_ContentInfo *decode(struct attest_view envelope)
{
    const unsigned char *end = envelope.data;

    if (envelope.size == 0)
        return NULL;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &end, (long)envelope.size);
    if (cms && end == envelope.data + envelope.size)
        return cms;
    CMS_ContentInfo_free(cms);
    return NULL;
}

/* The one recipient; NULL where there is another number of them, or one of another kind. Whom it names is not
 * looked at: either our key opens it or not. */
static CMS_RecipientInfo *recipient_of(CMS_ContentInfo *cms, enum attest_hash hash)
{
    X509_ALGOR *algorithm = NULL;

    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_enveloped)
        return NULL;
    STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
    if (sk_CMS_RecipientInfo_num(all) != 1)
        return NULL;
    CMS_RecipientInfo *recipient = sk_CMS_RecipientInfo_value(all, 0);
    if (CMS_RecipientInfo_type(recipient) != CMS_RECIPINFO_TRANS ||
        CMS_RecipientInfo_ktri_get0_algs(recipient, NULL, NULL, &algorithm) != 1 || !is_oaep(algorithm, hash))
        return NULL;
    return recipient;
}

/* So that `cms` has the content's key. The flag keeps a key of a wrong size from being replaced by a random
 * one; with nothing else given, this call sets nothing else. */
static bool decrypt_key(CMS_ContentInfo *cms, CMS_RecipientInfo *recipient, const struct attest_recipient *key)
{
    EVP_PKEY *pkey = attest_recipient_dup(key);

    if (!pkey)
        return false;
    CMS_RecipientInfo_set0_pkey(recipient, pkey); /* which frees it with `cms` */
    return CMS_decrypt(cms, NULL, NULL, NULL, NULL, CMS_DEBUG_DECRYPT) == 1 &&
           CMS_RecipientInfo_decrypt(cms, recipient) == 1;
}

static bool is_cipher(BIO *bio, const char *name)
{
    EVP_CIPHER_CTX *context = NULL;

    return BIO_method_type(bio) == BIO_TYPE_CIPHER && BIO_get_cipher_ctx(bio, &context) == 1 &&
           EVP_CIPHER_is_a(EVP_CIPHER_CTX_get0_cipher(context), name);
}

/* How many bytes the content has while it is encrypted, which is more than it has in the clear; 0 if there is
 * none in there (RFC 5652 §6.1, encryptedContent is optional). */
static size_t content_size(CMS_ContentInfo *cms)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);

    return content && *content ? (size_t)ASN1_STRING_length(*content) : 0;
}

/* Fills `plaintext` and cuts it to what there is. */
static bool decrypt_content(CMS_ContentInfo *cms, const struct attest_envelope_form *form,
                            struct attest_secret *plaintext)
{
    size_t done = 0, size = attest_secret_size(plaintext);
    int got = 0;

    _cleanup_(BIO_free_allp) BIO *bio = CMS_dataInit(cms, NULL);
    if (!bio || !is_cipher(bio, form->cipher))
        return false;
    while (done < size && (got = BIO_read(bio, attest_secret_data(plaintext) + done, (int)(size - done))) > 0)
        done += (size_t)got;
    if (got != 0 || BIO_get_cipher_status(bio) != 1 || done == 0 || done > form->maximum)
        return false;
    attest_secret_shrink(plaintext, done);
    return true;
}

static enum attest_error refuse(struct attest_diag *diag)
{
    return attest_fail(diag, ATTEST_MALFORMED, NULL, "an envelope of the agreed form, for this key");
}

static enum attest_error open_envelope(struct attest_view envelope, const struct attest_envelope_form *form,
                                       const struct attest_recipient *key, struct attest_secret **ret_plaintext,
                                       struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *plaintext = NULL;

    _cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms = decode(envelope);
    CMS_RecipientInfo *recipient = cms ? recipient_of(cms, form->oaep) : NULL;
    if (!recipient || content_size(cms) == 0 || content_size(cms) > form->maximum + BLOCK_MAX)
        return refuse(diag);
    attest_try(attest_secret_new(content_size(cms), &plaintext, diag));
    if (!decrypt_key(cms, recipient, key) || !decrypt_content(cms, form, plaintext))
        return refuse(diag);
    *ret_plaintext = attest_steal(plaintext);
    return ATTEST_OK;
}

enum attest_error attest_envelope_open(struct attest_view envelope, const struct attest_envelope_form *form,
                                       const struct attest_recipient *key, struct attest_secret **ret_plaintext,
                                       struct attest_diag *diag)
{
    enum attest_error error = open_envelope(envelope, form, key, ret_plaintext, diag);

    ERR_clear_error(); /* OpenSSL's queue would tell why, and TLS on this thread stumbles over what is left in
                          it */
    return error;
}
