/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose certificate is this? Trusts nothing: OpenSSL decodes, names may hold any bytes, and what comes out is
 * UTF-8 of a limited length. No signature is checked.
 */
#include "base/certificate_text.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/ossl.h"
#include "base/utf8.h"

#include <openssl/err.h>

#define DER_MAX ((size_t)64 << 10)

/* RFC 2253, but for characters over 0x7f, which stay as they are: it is UTF-8 that is asked for. OpenSSL takes
 * a UTF8String as it is; that those of a certificate are UTF-8 is checked all the same. */
static enum attest_error describe_name(const X509_NAME *name, struct attest_bytes *out)
{
    const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    char *text;

    _cleanup_(BIO_free_allp) BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        return ATTEST_MEMORY;
    if (X509_NAME_print_ex(bio, name, 0, flags) < 0)
        return ATTEST_MALFORMED;
    long size = BIO_get_mem_data(bio, &text);
    struct attest_view whole = { (const uint8_t *)text, size > 0 ? (size_t)size : 0 };
    if (!attest_utf8_is_valid(whole))
        return ATTEST_MALFORMED;
    struct attest_view cut = attest_utf8_cut(whole, ATTEST_CERTIFICATE_NAME_MAX);
    attest_bytes_append(out, cut);
    if (cut.size < whole.size)
        attest_bytes_append_text(out, "...");
    return attest_bytes_check(out);
}

static void describe_serial(const ASN1_INTEGER *serial, struct attest_bytes *out)
{
    struct attest_view number = { ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial) };

    if (number.size > ATTEST_CERTIFICATE_SERIAL_MAX / 2)
        number.size = ATTEST_CERTIFICATE_SERIAL_MAX / 2;
    if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) /* which RFC 5280 forbids, and some firmware has */
        attest_bytes_append_u8(out, '-');
    attest_encode_hex(out, number);
}

static enum attest_error describe(const X509 *certificate, struct attest_view der,
                                  struct attest_certificate_text *text)
{
    attest_try(describe_name(X509_get_subject_name(certificate), &text->subject));
    attest_try(describe_name(X509_get_issuer_name(certificate), &text->issuer));
    describe_serial(X509_get0_serialNumber(certificate), &text->serial);
    attest_try(attest_bytes_check(&text->serial));
    return attest_hash_digest(ATTEST_HASH_SHA256, &der, 1, text->sha256);
}

enum attest_error attest_certificate_describe(struct attest_view der, struct attest_certificate_text *ret_text,
                                              struct attest_diag *diag)
{
    struct attest_certificate_text text = {
        .subject = attest_bytes_init(ATTEST_CERTIFICATE_NAME_MAX + sizeof "..."),
        .issuer = attest_bytes_init(ATTEST_CERTIFICATE_NAME_MAX + sizeof "..."),
        .serial = attest_bytes_init(1 + ATTEST_CERTIFICATE_SERIAL_MAX),
    };
    const uint8_t *end = der.data;

    if (der.size == 0 || der.size > DER_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "an X.509 certificate of at most %zu bytes", DER_MAX);
    _cleanup_(X509_freep) X509 *certificate = d2i_X509(NULL, &end, (long)der.size);
    enum attest_error error = certificate ? describe(certificate, der, &text) : ATTEST_MALFORMED;
    ERR_clear_error(); /* which OpenSSL keeps in a queue of the thread's */
    if (error == ATTEST_OK && end != der.data + der.size)
        error = ATTEST_TRAILING;
    if (error != ATTEST_OK) {
        attest_certificate_text_done(&text);
        return attest_fail(diag, error, NULL, "one X.509 certificate in DER");
    }
    *ret_text = text;
    return ATTEST_OK;
}

void attest_certificate_text_done(struct attest_certificate_text *text)
{
    attest_bytes_done(&text->subject);
    attest_bytes_done(&text->issuer);
    attest_bytes_done(&text->serial);
}
