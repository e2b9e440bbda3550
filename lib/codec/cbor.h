/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR (RFC 8949) read item by item, without a tree: what is open is a small stack, strings are views into the
 * input as it was received.
 *
 *     struct attest_cbor cbor = attest_cbor_init(input);
 *     attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_MAP, "the answer", &item, diag));
 *     for (;;) {
 *         attest_try(attest_cbor_next(&cbor, &item, diag));       ... a key, or ATTEST_CBOR_END
 *         if (item.type == ATTEST_CBOR_END)
 *             break;
 *         attest_try(attest_cbor_next(&cbor, &item, diag));       ... its value
 *     }
 *     attest_try(attest_cbor_end(&cbor, diag));
 *
 * Containers of definite and of indefinite length read the same: each ends with ATTEST_CBOR_END. Read are
 * integers, strings of definite length, arrays, maps, false, true, null, and tags around the whole. Refused are
 * floating point, other simple values, strings in chunks, tags inside, and a map that has a key twice
 * (§5.6: by what the keys mean, however they are encoded). Encodings longer than necessary are read, as a
 * decoder should (§4.1), unless `shortest` is set: then all must be in the shortest form, of definite length
 * (§4.2.1, but for the order of keys). Whether a text is UTF-8 is left to who takes it.
 */
#ifndef ATTEST_CODEC_CBOR_H
#define ATTEST_CODEC_CBOR_H

#include "base/reader.h"

#define ATTEST_CBOR_DEPTH_MAX 8
#define ATTEST_CBOR_ITEMS_MAX 256 /* a document with 32 PCRs and 8 certificates has about 100 */
#define ATTEST_CBOR_KEYS_MAX  (ATTEST_CBOR_ITEMS_MAX / 2) /* before each comes a map, or a value */

enum attest_cbor_type {
    ATTEST_CBOR_UNSIGNED,
    ATTEST_CBOR_NEGATIVE,
    ATTEST_CBOR_BYTES,
    ATTEST_CBOR_TEXT,
    ATTEST_CBOR_ARRAY,
    ATTEST_CBOR_MAP,
    ATTEST_CBOR_TAG,
    ATTEST_CBOR_BOOLEAN,
    ATTEST_CBOR_NULL,
    ATTEST_CBOR_END, /* of the innermost container */
};

struct attest_cbor_item {
    enum attest_cbor_type type;
    uint64_t value; /* an unsigned integer, a tag's number, 0 or 1; n for the negative integer -1 - n */
    struct attest_view content; /* of a string */
};

struct attest_cbor {
    struct attest_reader reader;
    bool shortest;
    bool complete; /* the one outermost item was read */
    size_t item_count;
    size_t depth;
    struct {
        bool is_map;
        bool indefinite;
        uint64_t left; /* items, where it is of definite length */
        size_t taken;
        size_t first_key;
    } open[ATTEST_CBOR_DEPTH_MAX];
    size_t key_count;
    struct attest_cbor_item keys[ATTEST_CBOR_KEYS_MAX];
};

struct attest_cbor attest_cbor_init(struct attest_view input);

/* The next item. ATTEST_TRUNCATED, ATTEST_MALFORMED, ATTEST_UNSUPPORTED or ATTEST_TOO_LARGE with the offset. */
enum attest_error attest_cbor_next(struct attest_cbor *cbor, struct attest_cbor_item *ret_item,
                                   struct attest_diag *diag) attest_must_check;

/* The next item, which must be of the type; `what` is what it is called where it is not (ATTEST_MALFORMED). */
enum attest_error attest_cbor_take(struct attest_cbor *cbor, enum attest_cbor_type type, const char *what,
                                   struct attest_cbor_item *ret_item, struct attest_diag *diag)
    attest_must_check;

/* Demands that an item was read to its end, and that nothing is left. */
enum attest_error attest_cbor_end(const struct attest_cbor *cbor, struct attest_diag *diag) attest_must_check;

/* "a byte string" and the like. */
const char *attest_cbor_type_name(enum attest_cbor_type type);

#endif
