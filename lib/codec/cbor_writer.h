/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR written in the shortest form (RFC 8949 §4.2.1), straight into bytes whose failure is sticky. */
#ifndef ATTEST_CODEC_CBOR_WRITER_H
#define ATTEST_CODEC_CBOR_WRITER_H

#include "base/bytes.h"

/* The heads of an array of `count` items and of a map of `count` keys with values, which then follow. */
void attest_cbor_write_array(struct attest_bytes *out, uint64_t count);
void attest_cbor_write_map(struct attest_bytes *out, uint64_t count);

void attest_cbor_write_unsigned(struct attest_bytes *out, uint64_t value);
void attest_cbor_write_bytes(struct attest_bytes *out, struct attest_view content);
void attest_cbor_write_text(struct attest_bytes *out, const char *text);
void attest_cbor_write_null(struct attest_bytes *out);

#endif
