/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much CBOR (RFC 8949) as the simulator speaks. It is written for it alone: lib/codec, which reads what
 * comes from here, must not have its encoder in common with it.
 */
#ifndef NITROTPM_SIM_CBOR_H
#define NITROTPM_SIM_CBOR_H

#include "base/bytes.h"
#include "base/reader.h"

enum cbor_major {
    CBOR_UNSIGNED = 0,
    CBOR_NEGATIVE = 1,
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_SIMPLE = 7,
};

#define CBOR_NULL  0xf6
#define CBOR_BREAK 0xff

/* ---- Writing, in the shortest form ---- */

void cbor_append_head(struct attest_bytes *out, enum cbor_major major, uint64_t value);
void cbor_append_text(struct attest_bytes *out, const char *text);
void cbor_append_bytes(struct attest_bytes *out, struct attest_view bytes);
void cbor_append_null(struct attest_bytes *out);
void cbor_append_map_begin(struct attest_bytes *out); /* of indefinite length, until ... */
void cbor_append_break(struct attest_bytes *out);

/* ---- Reading ---- */

struct cbor_head {
    enum cbor_major major;
    bool indefinite; /* of a string, array or map; or, of CBOR_SIMPLE, the break */
    uint64_t value;
};

/* The reader fails where there is no well-formed head (§3). */
struct cbor_head cbor_take_head(struct attest_reader *reader);

/* The string that `head` announces, in one piece: the reader fails if it is no string of this kind, of
 * indefinite length, or cut. */
struct attest_view cbor_take_string(struct attest_reader *reader, struct cbor_head head, enum cbor_major major);

#endif
