/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Was this header made with this data key? AWS Encryption SDK specification, data-format/message-header.md
 * ("Header Authentication") and client-apis/decrypt.md ("Verify the header"). Trusts the data key.
 */
#include "seal/header.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "seal/derive.h"

#define POINT_MAX 49 /* compressed, on P-384 */

static enum attest_error check_commitment(const struct attest_message *message,
                                          struct attest_secret *commitment, struct attest_diag *diag)
{
    const struct attest_view derived = { attest_secret_data(commitment), attest_secret_size(commitment) };

    if (!attest_view_equal(message->commitment, derived)) /* in constant time */
        return attest_fail(diag, ATTEST_REFUSED, "another", "the data key that the message commits to");
    return ATTEST_OK;
}

static enum attest_error check_tag(const struct attest_message *message, struct attest_gcm *gcm,
                                   struct attest_diag *diag)
{
    static const uint8_t zeros[ATTEST_MESSAGE_IV_SIZE]; /* version 2 */
    const uint8_t *iv = message->iv.size > 0 ? message->iv.data : zeros;

    attest_try(attest_gcm_begin(gcm, iv, message->body));
    enum attest_error error = attest_gcm_verify(gcm, message->tag.data);
    if (error != ATTEST_OK)
        return attest_fail(diag, error, "another", "the header as it was sealed, with this data key");
    return ATTEST_OK;
}

enum attest_error attest_header_open(const struct attest_message *message, struct attest_secret *data_key,
                                     struct attest_gcm **ret_gcm, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *commitment = NULL;
    _cleanup_(attest_gcm_cleanup) struct attest_gcm *gcm = NULL;

    attest_try(attest_derive(message->suite, message->message_id, data_key, &key, &commitment, diag));
    if (commitment) /* before the key is used for anything */
        attest_try(check_commitment(message, commitment, diag));
    attest_try(attest_gcm_new(key ?: data_key, false, &gcm, diag));
    attest_try(check_tag(message, gcm, diag));
    *ret_gcm = attest_steal(gcm);
    return ATTEST_OK;
}

static enum attest_error read_public_key(const struct attest_message *message, struct attest_view text,
                                         struct attest_key **ret_key, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes point = attest_bytes_init(0);

    attest_try(attest_decode_base64(text, POINT_MAX, &point, diag));
    return attest_key_from_compressed(message->suite->curve, attest_bytes_view(&point), ret_key, diag);
}

enum attest_error attest_header_verifier(const struct attest_message *message,
                                         struct attest_verifier **ret_verifier, struct attest_diag *diag)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    _cleanup_(attest_verifier_cleanup) struct attest_verifier *verifier = NULL;
    struct attest_view text = { 0 };

    bool has_key = attest_message_find(message, ATTEST_MESSAGE_PUBLIC_KEY, &text);
    if (has_key != attest_suite_is_signed(message->suite))
        return attest_fail(diag, ATTEST_MALFORMED, has_key ? "one" : "none",
                           "a public key in the encryption context if, and only if, the suite signs");
    if (!has_key) {
        *ret_verifier = NULL;
        return ATTEST_OK;
    }
    attest_try(read_public_key(message, text, &key, diag));
    attest_try(attest_verifier_new(key, message->suite->signature_hash, &verifier));
    attest_try(attest_verifier_update(verifier, message->header));
    *ret_verifier = attest_steal(verifier);
    return ATTEST_OK;
}
