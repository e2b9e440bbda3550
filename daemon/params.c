/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does this request ask for? Trusts nothing: a parameter that is unknown, twice there, too long or not of
 * its form is refused with what was expected.
 */
#include "daemon/params.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/key.h"
#include "codec/json.h"
#include "codec/pcrs.h"
#include "evidence/unlockevent.h"

#include <stdio.h>
#include <string.h>

#define JSON_MAX ((size_t)16 << 10)

void params_done(struct params *params)
{
    for (size_t i = 0; i < PARAMS_MAX; i++)
        attest_bytes_done(&params->values[i].bytes);
}

void params_blame(struct param_problem *problem, const char *name)
{
    *problem = (struct param_problem){ 0 };
    attest_error_printable(name, strlen(name), problem->parameter, sizeof problem->parameter);
}

static bool begins_with(struct attest_view data, const char *text)
{
    size_t size = strlen(text);

    return data.size >= size && memcmp(data.data, text, size) == 0;
}

static enum attest_error parse_bytes(const struct param *param, struct attest_view text,
                                     struct attest_bytes *ret_bytes, struct param_problem *problem,
                                     struct attest_diag *diag)
{
    bool hex = param->type == PARAM_HEX;
    bool pem = param->type == PARAM_PUBLIC_KEY && begins_with(text, "-----BEGIN");
    _cleanup_(attest_bytes_done) struct attest_bytes bytes = attest_bytes_init(0);

    enum attest_error error = hex   ? attest_decode_hex(text, param->most, &bytes, NULL)
                              : pem ? attest_key_decode_pem(text, param->most, &bytes, NULL)
                                    : attest_decode_base64(text, param->most, &bytes, NULL);
    if (error == ATTEST_TOO_LARGE || (error == ATTEST_OK && bytes.size < param->least)) {
        problem->has_length = true;
        problem->got_length = error == ATTEST_OK ? bytes.size : hex ? text.size / 2 : text.size / 4 * 3;
        error = ATTEST_MALFORMED;
    }
    if (error != ATTEST_OK)
        return attest_fail(diag, error, NULL, "%s: %zu to %zu bytes in %s", param->what, param->least,
                           param->most,
                           hex   ? "hexadecimal"
                           : pem ? "PEM"
                                 : "base64");
    if (param->reserved && begins_with(attest_bytes_view(&bytes), param->reserved))
        return attest_fail(diag, ATTEST_USAGE, param->reserved, "%s that does not begin with reserved text",
                           param->name);
    *ret_bytes = attest_bytes_take(&bytes);
    return ATTEST_OK;
}

static enum attest_error parse_choice(const struct param *param, struct attest_view text, unsigned *ret_choice,
                                      struct attest_diag *diag)
{
    for (unsigned i = 0; param->choices[i]; i++)
        if (attest_view_equal(text, attest_view_text(param->choices[i]))) {
            *ret_choice = i;
            return ATTEST_OK;
        }
    return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", param->what);
}

static enum attest_error parse_number(const struct param *param, struct attest_view text, unsigned *ret_number,
                                      struct attest_diag *diag)
{
    uint64_t number;

    if (attest_decode_decimal(text, param->most, &number, NULL) != ATTEST_OK || number < param->least)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", param->what);
    *ret_number = (unsigned)number;
    return ATTEST_OK;
}

static enum attest_error parse_name(const struct param *param, struct attest_view text,
                                    struct attest_bytes *ret_name, struct attest_diag *diag)
{
    if (!attest_unlockevent_is_name(text))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", param->what);
    *ret_name = attest_bytes_init(ATTEST_UNLOCKEVENT_NAME_MAX);
    attest_bytes_append(ret_name, text);
    return attest_bytes_check(ret_name);
}

static enum attest_error parse_value(const struct param *param, struct attest_view text,
                                     struct param_value *value, struct param_problem *problem,
                                     struct attest_diag *diag)
{
    switch (param->type) {
    case PARAM_HEX:
    case PARAM_BASE64:
    case PARAM_PUBLIC_KEY:
        return parse_bytes(param, text, &value->bytes, problem, diag);
    case PARAM_BANK:
        value->bank = attest_hash_find(text);
        if (value->bank != ATTEST_HASH_NONE)
            return ATTEST_OK;
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "%s", param->what);
    case PARAM_SELECTION:
        return attest_pcrs_parse_selection(text, &value->mask, diag);
    case PARAM_CHOICE:
        return parse_choice(param, text, &value->choice, diag);
    case PARAM_NUMBER:
        return parse_number(param, text, &value->number, diag);
    case PARAM_NAME:
        return parse_name(param, text, &value->bytes, diag);
    }
    return ATTEST_INTERNAL;
}

enum attest_error params_set(struct params *params, const char *name, struct attest_view text,
                             struct param_problem *problem, struct attest_diag *diag)
{
    params_blame(problem, name);
    for (size_t i = 0; params->table[i].name; i++) {
        const struct param *param = &params->table[i];
        struct param_value *value = &params->values[i];
        if (strcmp(name, param->name) != 0)
            continue;
        if (value->given)
            return attest_fail(diag, ATTEST_MALFORMED, "it again", "%s once", param->name);
        attest_try(parse_value(param, text, value, problem, diag));
        value->given = true;
        *problem = (struct param_problem){ 0 };
        return ATTEST_OK;
    }
    return attest_fail(diag, ATTEST_MALFORMED, name, "a parameter of this path (see /v1/openapi.json)");
}

struct json_context {
    struct params *params;
    struct param_problem *problem;
};

static const struct param *find(const struct params *params, const char *name)
{
    const struct param *param = params->table;

    while (param->name && strcmp(name, param->name) != 0)
        param++;
    return param->name ? param : NULL;
}

/* The value as a query would have it; false if it is of another type than the parameter. */
static bool read_member(const struct param *param, const struct attest_json *value, char number[24],
                        struct attest_view *ret_text)
{
    uint64_t read;

    if (!param || param->type != PARAM_NUMBER)
        return attest_json_text(value, ret_text);
    if (!attest_json_unsigned(value, &read))
        return false;
    snprintf(number, 24, "%ju", (uintmax_t)read);
    *ret_text = attest_view_text(number);
    return true;
}

static enum attest_error visit(const char *name, const struct attest_json *value, void *context,
                               struct attest_diag *diag)
{
    struct json_context *json = context;
    const struct param *param = find(json->params, name);
    struct attest_view text = { 0 };
    char number[24];

    /* An unknown name is told before a wrong type. */
    if (read_member(param, value, number, &text) || !param)
        return params_set(json->params, name, text, json->problem, diag);
    params_blame(json->problem, name);
    return attest_fail(diag, ATTEST_MALFORMED, "another type", "%s to be a JSON %s", name,
                       param->type == PARAM_NUMBER ? "number" : "string");
}

enum attest_error params_set_json(struct params *params, struct attest_view json, struct param_problem *problem,
                                  struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct json_context context = { params, problem };

    if (json.size == 0)
        return ATTEST_OK;
    attest_try(attest_json_parse(json, JSON_MAX, &root, diag));
    return attest_json_each(root, visit, &context, diag);
}

enum attest_error params_check(const struct params *params, struct param_problem *problem,
                               struct attest_diag *diag)
{
    for (size_t i = 0; params->table[i].name; i++)
        if (params->table[i].required && !params->values[i].given) {
            params_blame(problem, params->table[i].name);
            return attest_fail(diag, ATTEST_MALFORMED, "nothing", "%s: %s", params->table[i].name,
                               params->table[i].what);
        }
    return ATTEST_OK;
}
