/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the report of a run say? Trusts nothing: every member is known, of its type and bounded, texts are
 * printable ASCII, and a report with anything else in it is none.
 */
#include "evidence/unlockreport.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <string.h>

#define TYPE          "attestd-unlock-report"
#define COUNT(array)  (sizeof(array) / sizeof(array)[0])
#define X(name, text) text,
static const char *const results[] = { ATTEST_UNLOCKREPORT_RESULTS(X) };
static const char *const states[] = { ATTEST_UNLOCKREPORT_STATES(X) };
static const char *const stages[] = { ATTEST_UNLOCKREPORT_STAGES(X) };
#undef X

static enum attest_error wrong(const char *name, const char *what, struct attest_diag *diag)
{
    return attest_fail(diag, ATTEST_MALFORMED, NULL, "\"%s\": %s", name, what);
}

static bool is_printable(struct attest_view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* A text that has to be there and to fit. */
static enum attest_error take_text(const struct attest_json *object, const char *name, char *ret_text,
                                   size_t size, struct attest_diag *diag)
{
    struct attest_view text;

    if (!attest_json_text(attest_json_member(object, name), &text) || text.size >= size || !is_printable(text))
        return wrong(name, "a short printable text", diag);
    memcpy(ret_text, text.data, text.size);
    ret_text[text.size] = '\0';
    return ATTEST_OK;
}

static enum attest_error take_time(const struct attest_json *object, const char *name,
                                   char ret_text[ATTEST_TIME_SIZE], struct attest_diag *diag)
{
    uint64_t milliseconds;

    attest_try(take_text(object, name, ret_text, ATTEST_TIME_SIZE, diag));
    if (attest_time_parse(attest_view_text(ret_text), &milliseconds, NULL) != ATTEST_OK)
        return wrong(name, "a moment", diag);
    return ATTEST_OK;
}

static enum attest_error take_choice(const struct attest_json *object, const char *name,
                                     const char *const choices[], size_t count, unsigned *ret_choice,
                                     struct attest_diag *diag)
{
    struct attest_view text;

    if (attest_json_text(attest_json_member(object, name), &text))
        for (unsigned i = 0; i < count; i++)
            if (attest_view_equal(text, attest_view_text(choices[i]))) {
                *ret_choice = i;
                return ATTEST_OK;
            }
    return wrong(name, "a word that is known", diag);
}

static enum attest_error take_boolean(const struct attest_json *object, const char *name, bool *ret_value,
                                      struct attest_diag *diag)
{
    if (attest_json_boolean(attest_json_member(object, name), ret_value))
        return ATTEST_OK;
    return wrong(name, "true or false", diag);
}

static enum attest_error parse_stages(const struct attest_json *object, struct attest_unlockreport *report,
                                      struct attest_diag *diag)
{
    const char *known[COUNT(stages) + 1] = { 0 };
    uint64_t value;

    if (!attest_json_is_object(object))
        return wrong("milliseconds", "an object", diag);
    memcpy(known, stages, sizeof stages);
    attest_try(attest_json_only(object, known, diag));
    for (size_t i = 0; i < COUNT(stages); i++) {
        if (!attest_json_unsigned(attest_json_member(object, stages[i]), &value) || value > UINT32_MAX)
            return wrong(stages[i], "a number", diag);
        report->milliseconds[i] = (unsigned)value;
    }
    return ATTEST_OK;
}

static enum attest_error parse_secret(const struct attest_json *object,
                                      struct attest_unlockreport_secret *secret, struct attest_diag *diag)
{
    static const char *const known[] = { "name", "state", "required", "detail", NULL };
    unsigned state = 0;

    if (!attest_json_is_object(object))
        return wrong("secrets", "objects", diag);
    attest_try(attest_json_only(object, known, diag));
    attest_try(take_text(object, "name", secret->name, sizeof secret->name, diag));
    if (!attest_unlockevent_is_name(attest_view_text(secret->name)))
        return wrong("name", "the name of a secret", diag);
    attest_try(take_choice(object, "state", states, COUNT(states), &state, diag));
    secret->state = (enum attest_unlockreport_state)state;
    attest_try(take_boolean(object, "required", &secret->required, diag));
    return take_text(object, "detail", secret->detail, sizeof secret->detail, diag);
}

static enum attest_error parse_secrets(const struct attest_json *array, struct attest_unlockreport *report,
                                       struct attest_diag *diag)
{
    size_t count = attest_json_count(array);

    if (!attest_json_is_array(array) || count > ATTEST_UNLOCKREPORT_SECRETS)
        return wrong("secrets", "an array, not too long", diag);
    report->secrets = calloc(count + 1, sizeof *report->secrets);
    if (!report->secrets)
        return ATTEST_MEMORY;
    for (report->count = 0; report->count < count; report->count++)
        attest_try(
            parse_secret(attest_json_element(array, report->count), &report->secrets[report->count], diag));
    return ATTEST_OK;
}

static enum attest_error parse_members(const struct attest_json *root, struct attest_unlockreport *report,
                                       struct attest_diag *diag)
{
    static const char *const known[] = { "type", "result", "started",      "finished", "detail",
                                         "root", "capped", "milliseconds", "secrets",  NULL };
    char type[sizeof TYPE];
    unsigned result = 0;

    attest_try(attest_json_only(root, known, diag));
    attest_try(take_text(root, "type", type, sizeof type, diag));
    if (strcmp(type, TYPE) != 0)
        return wrong("type", TYPE, diag);
    attest_try(take_choice(root, "result", results, COUNT(results), &result, diag));
    report->result = (enum attest_unlockreport_result)result;
    attest_try(take_time(root, "started", report->started, diag));
    if (attest_json_member(root, "finished"))
        attest_try(take_time(root, "finished", report->finished, diag));
    attest_try(take_text(root, "detail", report->detail, sizeof report->detail, diag));
    attest_try(take_text(root, "root", report->root, sizeof report->root, diag));
    attest_try(take_boolean(root, "capped", &report->capped, diag));
    attest_try(parse_stages(attest_json_member(root, "milliseconds"), report, diag));
    return parse_secrets(attest_json_member(root, "secrets"), report, diag);
}

enum attest_error attest_unlockreport_parse(struct attest_view json, struct attest_unlockreport *ret_report,
                                            struct attest_diag *diag)
{
    _cleanup_(attest_unlockreport_done) struct attest_unlockreport report = { 0 };
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    attest_try(attest_json_parse(json, ATTEST_UNLOCKREPORT_MAX, &root, diag));
    attest_try(parse_members(root, &report, diag));
    *ret_report = report;
    report.secrets = NULL;
    return ATTEST_OK;
}

void attest_unlockreport_done(struct attest_unlockreport *report)
{
    free(report->secrets);
    report->secrets = NULL;
}

static void write_secret(struct attest_json_writer *json, const struct attest_unlockreport_secret *secret)
{
    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "name", secret->name);
    attest_json_write_text(json, "state", states[secret->state]);
    attest_json_write_boolean(json, "required", secret->required);
    attest_json_write_text(json, "detail", secret->detail);
    attest_json_close(json, '}');
}

void attest_unlockreport_write_members(struct attest_json_writer *json,
                                       const struct attest_unlockreport *report)
{
    attest_json_write_text(json, "result", results[report->result]);
    attest_json_write_text(json, "started", report->started);
    if (report->finished[0])
        attest_json_write_text(json, "finished", report->finished);
    attest_json_write_text(json, "detail", report->detail);
    attest_json_write_text(json, "root", report->root);
    attest_json_write_boolean(json, "capped", report->capped);
    attest_json_open(json, "milliseconds", '{');
    for (size_t i = 0; i < COUNT(stages); i++)
        attest_json_write_unsigned(json, stages[i], report->milliseconds[i]);
    attest_json_close(json, '}');
    attest_json_open(json, "secrets", '[');
    for (size_t i = 0; i < report->count; i++)
        write_secret(json, &report->secrets[i]);
    attest_json_close(json, ']');
}

enum attest_error attest_unlockreport_write(const struct attest_unlockreport *report,
                                            struct attest_bytes *ret_json)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_UNLOCKREPORT_MAX);
    struct attest_json_writer json = { .out = &out };

    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "type", TYPE);
    attest_unlockreport_write_members(&json, report);
    attest_json_close(&json, '}');
    attest_bytes_append_text(&out, "\n");
    attest_try(attest_bytes_check(&out));
    *ret_json = attest_bytes_take(&out);
    return ATTEST_OK;
}
