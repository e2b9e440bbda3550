/* SPDX-License-Identifier: Apache-2.0 */
/* A secret encrypted to one recipient's RSA key: CMS EnvelopedData (RFC 5652 §6), in BER or DER. */
#ifndef ATTEST_BASE_ENVELOPE_H
#define ATTEST_BASE_ENVELOPE_H

#include "attest/hash.h"
#include "base/recipient.h"
#include "base/secret.h"

/* What whoever makes them uses, and nothing else is read. */
struct attest_envelope_form {
    enum attest_hash oaep; /* of RSAES-OAEP and its MGF1; the label is empty (RFC 4055 §4.1) */
    const char *cipher;    /* of the content, with padding, as OpenSSL calls it: "AES-256-CBC" */
    size_t maximum;        /* of the content in the clear, in bytes; the least is one */
};

/* All of `envelope` must be one of that form. ATTEST_MALFORMED, and one text, whatever is wrong with it or with
 * the key: nothing tells padding from key from form. ATTEST_SYSTEM if no memory can be locked. */
enum attest_error attest_envelope_open(struct attest_view envelope, const struct attest_envelope_form *form,
                                       const struct attest_recipient *key, struct attest_secret **ret_plaintext,
                                       struct attest_diag *diag) attest_must_check;

#endif
