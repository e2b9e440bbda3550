/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key is this message encrypted under? AWS Encryption SDK specification, framework/algorithm-suites.md,
 * "Algorithm Suites Encryption Key Derivation Settings" and "Algorithm Suites Commit Key Derivation Settings".
 */
#include "seal/derive.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/hkdf.h"

#define INFO_MAX 32

/* Version 1: no salt; the message is in the info. */
static enum attest_error derive_by_info(const struct attest_suite *suite, struct attest_view message_id,
                                        struct attest_secret *data_key, struct attest_secret **ret_key,
                                        struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *prk = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes info = attest_bytes_init(INFO_MAX);

    attest_bytes_append_u16(&info, suite->id);
    attest_bytes_append(&info, message_id);
    attest_try(attest_bytes_check(&info));
    attest_try(attest_hkdf_extract(suite->kdf, (struct attest_view){ 0 }, data_key, &prk, diag));
    return attest_hkdf_expand(suite->kdf, prk, attest_bytes_view(&info), suite->key_size, ret_key, diag);
}

/* Version 2: the message is the salt. What the commitment's info lacks, the suite, is beside it in the header.
 */
static enum attest_error derive_by_salt(const struct attest_suite *suite, struct attest_view message_id,
                                        struct attest_secret *data_key, struct attest_secret **ret_key,
                                        struct attest_secret **ret_commitment, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *prk = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes info = attest_bytes_init(INFO_MAX);

    attest_bytes_append_u16(&info, suite->id);
    attest_bytes_append_text(&info, "DERIVEKEY");
    attest_try(attest_bytes_check(&info));
    attest_try(attest_hkdf_extract(suite->kdf, message_id, data_key, &prk, diag));
    attest_try(attest_hkdf_expand(suite->kdf, prk, attest_bytes_view(&info), suite->key_size, ret_key, diag));
    return attest_hkdf_expand(suite->kdf, prk, attest_view_text("COMMITKEY"), ATTEST_MESSAGE_COMMITMENT_SIZE,
                              ret_commitment, diag);
}

enum attest_error attest_derive(const struct attest_suite *suite, struct attest_view message_id,
                                struct attest_secret *data_key, struct attest_secret **ret_key,
                                struct attest_secret **ret_commitment, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *commitment = NULL;

    if (attest_secret_size(data_key) != suite->key_size)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a data key of %d bytes (suite %04x)", suite->key_size,
                           suite->id);
    if (suite->is_committing)
        attest_try(derive_by_salt(suite, message_id, data_key, &key, &commitment, diag));
    else if (suite->kdf != ATTEST_HASH_NONE)
        attest_try(derive_by_info(suite, message_id, data_key, &key, diag));
    *ret_key = attest_steal(key);
    *ret_commitment = attest_steal(commitment);
    return ATTEST_OK;
}
