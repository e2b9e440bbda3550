/* SPDX-License-Identifier: Apache-2.0 */
/* What JSON is (RFC 8259), for json.c: json-c reads more than that, also in its strict mode. */
#ifndef ATTEST_CODEC_JSON_GRAMMAR_H
#define ATTEST_CODEC_JSON_GRAMMAR_H

#include "attest/error.h"
#include "attest/view.h"

/* All of `text` must be one object, with objects and arrays nested at most `depth` deep. `ret_members` is how
 * many members all its objects have together, so that a name that comes twice can be told by there being fewer.
 * ATTEST_MALFORMED or ATTEST_TRAILING with the offset. */
enum attest_error attest_json_grammar_check(struct attest_view text, unsigned depth, size_t *ret_members,
                                            struct attest_diag *diag) attest_must_check;

#endif
