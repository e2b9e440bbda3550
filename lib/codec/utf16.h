/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-16 as firmware writes it (UEFI 2.10 §2.3.1: CHAR16, little-endian), to UTF-8. */
#ifndef ATTEST_CODEC_UTF16_H
#define ATTEST_CODEC_UTF16_H

#include "base/bytes.h"

/* Appends `text` in UTF-8, whatever it is: U+FFFD for a surrogate without its other half and for an odd byte at
 * the end, U+2400 (a sign that shows NUL) for NUL. */
void attest_utf16_append(struct attest_bytes *out, struct attest_view text);

/* Whether that would need neither: whole characters, none of them NUL. */
bool attest_utf16_is_valid(struct attest_view text);

#endif
