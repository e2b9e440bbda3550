/* SPDX-License-Identifier: Apache-2.0 */
/* JSON read (RFC 8259), strictly and bounded, by json-c; written by json_writer.h. */
#ifndef ATTEST_CODEC_JSON_H
#define ATTEST_CODEC_JSON_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>

/* A value of a parsed text. Values and views taken from it live as long as the root. */
struct attest_json;

/* All of `text` must be one object, valid UTF-8, nested at most 16 deep, no name twice. ATTEST_MALFORMED or
 * ATTEST_TRAILING with the offset, or ATTEST_TOO_LARGE over `maximum` bytes. The caller frees. */
enum attest_error attest_json_parse(struct attest_view text, size_t maximum, struct attest_json **ret_root,
                                    struct attest_diag *diag) attest_must_check;
void attest_json_free(struct attest_json *root);
void attest_json_cleanup(struct attest_json **root);

/* NULL where `object` is not an object or has no such member, and where that is null; NULL is accepted. */
const struct attest_json *attest_json_member(const struct attest_json *object, const char *name);

/* NULL where `array` is not an array or has no such element, and where that is null; NULL is accepted. */
const struct attest_json *attest_json_element(const struct attest_json *array, size_t index);

/* Its elements, those that are null with them; 0 where it is not an array. */
size_t attest_json_count(const struct attest_json *array);

/* Whether the value is of the type, and then what it is. NULL is of no type; unsigned numbers end at 2^64 - 2.
 */
bool attest_json_is_object(const struct attest_json *value);
bool attest_json_is_array(const struct attest_json *value);
bool attest_json_text(const struct attest_json *value, struct attest_view *ret_text);
bool attest_json_boolean(const struct attest_json *value, bool *ret_value);
bool attest_json_unsigned(const struct attest_json *value, uint64_t *ret_value);

/* Calls `visit` for each member of an object, until it fails; what it returns is returned. */
typedef enum attest_error attest_json_visit(const char *name, const struct attest_json *value, void *context,
                                            struct attest_diag *diag);
enum attest_error attest_json_each(const struct attest_json *object, attest_json_visit *visit, void *context,
                                   struct attest_diag *diag) attest_must_check;

/* Refuses (ATTEST_MALFORMED) an object with members that are not among `names` (which ends with NULL). */
enum attest_error attest_json_only(const struct attest_json *object, const char *const names[],
                                   struct attest_diag *diag) attest_must_check;

#endif
