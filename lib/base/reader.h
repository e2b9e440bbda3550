/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one cursor over outside bytes. It cannot run past its end; the first read that would, fails it for good,
 * and every later read gives zero. So a parser reads straight down and asks once, at its end, with
 * attest_reader_end.
 */
#ifndef ATTEST_BASE_READER_H
#define ATTEST_BASE_READER_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>

struct attest_reader {
    struct attest_view input;
    size_t offset;
    bool failed;
};

struct attest_reader attest_reader_init(struct attest_view input);

/* Big-endian, as on the TPM's wire. */
uint8_t attest_reader_u8(struct attest_reader *reader);
uint16_t attest_reader_u16(struct attest_reader *reader);
uint32_t attest_reader_u32(struct attest_reader *reader);
uint64_t attest_reader_u64(struct attest_reader *reader);

/* Little-endian, as firmware and x86 write their logs. */
uint16_t attest_reader_le16(struct attest_reader *reader);
uint32_t attest_reader_le32(struct attest_reader *reader);
uint64_t attest_reader_le64(struct attest_reader *reader);

/* The next `size` bytes, as a view into the input; empty on failure. */
struct attest_view attest_reader_take(struct attest_reader *reader, size_t size);

/* A u16 size and that many bytes, at most `maximum` of them (TPM2B_*, TPM 2.0 Part 2 §10.4). */
struct attest_view attest_reader_take_sized(struct attest_reader *reader, size_t maximum);

/* Takes up to the next `delimiter`, which is passed over, and tells whether there was one; all that is left
 * where there was none. Never fails. */
bool attest_reader_split(struct attest_reader *reader, uint8_t delimiter, struct attest_view *ret_head);

size_t attest_reader_left(const struct attest_reader *reader);

/* Demands that nothing failed and nothing is left: ATTEST_TRUNCATED or ATTEST_TRAILING with the offset. */
enum attest_error attest_reader_end(const struct attest_reader *reader, struct attest_diag *diag)
    attest_must_check;

/* Demands that nothing failed so far. */
enum attest_error attest_reader_check(const struct attest_reader *reader, struct attest_diag *diag)
    attest_must_check;

#endif
