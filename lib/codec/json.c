/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does this JSON text say? Trusts nothing: json_grammar.c decides what is JSON, json-c makes values of it,
 * and no name may come twice (RFC 8259 §4). The only file that knows json-c.
 */
#include "codec/json.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "codec/json_grammar.h"

#include <string.h>
#include <json-c/json.h>

#define DEPTH_MAX 16

static void tokener_free(json_tokener **tokener)
{
    if (*tokener) /* json-c does not accept NULL here */
        json_tokener_free(*tokener);
}

static json_object *native(const struct attest_json *value)
{
    return (json_object *)value;
}

static bool is_type(const struct attest_json *value, json_type type)
{
    return value && json_object_is_type(native(value), type);
}

/* Of all objects together; of members that have the same name, json-c keeps one. */
static size_t count_members(json_object *value)
{
    size_t count = 0;

    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member)
        {
            (void)name;
            count += 1 + count_members(member);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            count += count_members(json_object_array_get_idx(value, i));
    }
    return count;
}

enum attest_error attest_json_parse(struct attest_view text, size_t maximum, struct attest_json **ret_root,
                                    struct attest_diag *diag)
{
    if (text.size > maximum || text.size > INT32_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "JSON of at most %zu bytes", maximum);

    size_t members = 0;
    attest_try(attest_json_grammar_check(text, DEPTH_MAX, &members, diag));

    /* To json-c a value is one deeper than the object it is in. */
    _cleanup_(tokener_free) json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX + 1);
    if (!tokener)
        return ATTEST_MEMORY;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    _cleanup_(attest_json_cleanup) struct attest_json *root =
        (struct attest_json *)json_tokener_parse_ex(tokener, (const char *)text.data, (int)text.size);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    if (error != json_tokener_success)
        return attest_fail(diag, ATTEST_MALFORMED, json_tokener_error_desc(error), "JSON (RFC 8259)");
    if (count_members(native(root)) != members)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "each name once in its JSON object");
    *ret_root = attest_steal(root);
    return ATTEST_OK;
}

void attest_json_free(struct attest_json *root)
{
    json_object_put(native(root));
}

void attest_json_cleanup(struct attest_json **root)
{
    attest_json_free(*root);
}

const struct attest_json *attest_json_member(const struct attest_json *object, const char *name)
{
    json_object *value;

    if (!attest_json_is_object(object) || !json_object_object_get_ex(native(object), name, &value))
        return NULL;
    return (const struct attest_json *)value;
}

const struct attest_json *attest_json_element(const struct attest_json *array, size_t index)
{
    /* json-c gives NULL beyond the end. */
    return attest_json_is_array(array)
               ? (const struct attest_json *)json_object_array_get_idx(native(array), index)
               : NULL;
}

size_t attest_json_count(const struct attest_json *array)
{
    return attest_json_is_array(array) ? json_object_array_length(native(array)) : 0;
}

bool attest_json_is_object(const struct attest_json *value)
{
    return is_type(value, json_type_object);
}

bool attest_json_is_array(const struct attest_json *value)
{
    return is_type(value, json_type_array);
}

bool attest_json_text(const struct attest_json *value, struct attest_view *ret_text)
{
    if (!is_type(value, json_type_string))
        return false;
    *ret_text = (struct attest_view){ (const uint8_t *)json_object_get_string(native(value)),
                                      (size_t)json_object_get_string_len(native(value)) };
    return true;
}

bool attest_json_boolean(const struct attest_json *value, bool *ret_value)
{
    if (!is_type(value, json_type_boolean))
        return false;
    *ret_value = json_object_get_boolean(native(value)) != 0;
    return true;
}

bool attest_json_unsigned(const struct attest_json *value, uint64_t *ret_value)
{
    uint64_t number;

    if (!is_type(value, json_type_int) || json_object_get_int64(native(value)) < 0)
        return false;
    number = json_object_get_uint64(native(value));
    if (number == UINT64_MAX) /* what json-c makes of all that is larger */
        return false;
    *ret_value = number;
    return true;
}

enum attest_error attest_json_each(const struct attest_json *object, attest_json_visit *visit, void *context,
                                   struct attest_diag *diag)
{
    if (!attest_json_is_object(object))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a JSON object");
    json_object_object_foreach(native(object), name, value)
        attest_try(visit(name, (const struct attest_json *)value, context, diag));
    return ATTEST_OK;
}

static enum attest_error visit_known(const char *name, const struct attest_json *value, void *context,
                                     struct attest_diag *diag)
{
    (void)value;
    for (const char *const *known = context; *known; known++)
        if (strcmp(*known, name) == 0)
            return ATTEST_OK;
    return attest_fail(diag, ATTEST_MALFORMED, name, "no unknown member");
}

enum attest_error attest_json_only(const struct attest_json *object, const char *const names[],
                                   struct attest_diag *diag)
{
    return attest_json_each(object, visit_known, (void *)names, diag);
}
