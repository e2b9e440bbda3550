/* SPDX-License-Identifier: Apache-2.0 */
/* Text in UTF-8 (RFC 3629). */
#ifndef ATTEST_BASE_UTF8_H
#define ATTEST_BASE_UTF8_H

#include "attest/view.h"

#include <stdbool.h>

bool attest_utf8_is_valid(struct attest_view text);

/* The first `maximum` bytes of a valid text, less those of a character that would be cut. */
struct attest_view attest_utf8_cut(struct attest_view text, size_t maximum);

#endif
