/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one byte type that owns: a growing array with a hard maximum, wiped when it is freed. Failure is sticky,
 * so that a run of appends needs one check at its end (attest_bytes_check).
 *
 *     _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(4096);
 *     attest_bytes_append_u16(&out, 0x0018);
 *     attest_bytes_append(&out, name);
 *     attest_try(attest_bytes_check(&out));
 */
#ifndef ATTEST_BASE_BYTES_H
#define ATTEST_BASE_BYTES_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>

struct attest_bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t maximum;
    enum attest_error error;
};

/* Nothing is allocated until the first append. `maximum` is in bytes. */
struct attest_bytes attest_bytes_init(size_t maximum);

/* Wipes and frees; the object is empty and usable again, with the same maximum. */
void attest_bytes_done(struct attest_bytes *bytes);

/* Append; after the first failure (over the maximum, no memory) they do nothing. Integers are big-endian. */
void attest_bytes_append(struct attest_bytes *bytes, struct attest_view view);
void attest_bytes_append_text(struct attest_bytes *bytes, const char *text);
void attest_bytes_append_format(struct attest_bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* at most 255 bytes, the rest cut */
void attest_bytes_append_u8(struct attest_bytes *bytes, uint8_t value);
void attest_bytes_append_u16(struct attest_bytes *bytes, uint16_t value);
void attest_bytes_append_u32(struct attest_bytes *bytes, uint32_t value);

/* ATTEST_OK, or what the first failed append met: ATTEST_TOO_LARGE or ATTEST_MEMORY. */
enum attest_error attest_bytes_check(const struct attest_bytes *bytes) attest_must_check;

/* Valid until the next append. */
struct attest_view attest_bytes_view(const struct attest_bytes *bytes);

/* Room for `size` more bytes at the end, for the caller to write into, which counts as content; NULL after a
 * failure. */
uint8_t *attest_bytes_extend(struct attest_bytes *bytes, size_t size);

/* Removes that many bytes, at most all, from the beginning or from the end. */
void attest_bytes_drop(struct attest_bytes *bytes, size_t size);
void attest_bytes_shrink(struct attest_bytes *bytes, size_t size);

/* Takes over the content, leaving `bytes` empty: a move, never a copy. */
struct attest_bytes attest_bytes_take(struct attest_bytes *bytes);

struct attest_view attest_view_text(const char *text);

/* Equal in size and content; the time does not depend on where they differ. */
bool attest_view_equal(struct attest_view a, struct attest_view b);

#define attest_view_of(array) ((struct attest_view){ (const uint8_t *)(array), sizeof(array) })

#endif
