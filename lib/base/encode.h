/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal and base64 (RFC 4648 §4, §8), strict: nothing is skipped, cut or padded to fit. */
#ifndef ATTEST_BASE_ENCODE_H
#define ATTEST_BASE_ENCODE_H

#include "base/bytes.h"

/* Lowercase. */
void attest_encode_hex(struct attest_bytes *out, struct attest_view data);
/* Standard alphabet with padding. */
void attest_encode_base64(struct attest_bytes *out, struct attest_view data);

/* Decode all of `text` into `ret_data`, whose maximum is that of the data. Upper-case hex is accepted; base64
 * must have its padding, and its unused bits must be zero. ATTEST_MALFORMED with the offset, ATTEST_TOO_LARGE.
 */
enum attest_error attest_decode_hex(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                    struct attest_diag *diag) attest_must_check;
enum attest_error attest_decode_base64(struct attest_view text, size_t maximum, struct attest_bytes *ret_data,
                                       struct attest_diag *diag) attest_must_check;

/* A whole unsigned decimal number at most `maximum`, without sign, blanks or leading zeros. */
enum attest_error attest_decode_decimal(struct attest_view text, uint64_t maximum, uint64_t *ret_value,
                                        struct attest_diag *diag) attest_must_check;

#endif
