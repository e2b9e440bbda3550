/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What shall go wrong now? The faults are a table; each is switched on by its name, for a number of commands or
 * for good.
 */
#include "swtpm-harness/nitrotpm-sim/faults.h"

#include "base/encode.h"
#include "base/error.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/nsm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPEC_SIZE        128
#define MILLISECONDS_MAX 3600000
#define SECONDS_MAX      (300 * 86400) /* less than the root is old */

enum value_kind { NOTHING, MILLISECONDS, SECONDS, CODE, NSM_NAME };

static const struct {
    const char *name;
    enum value_kind kind;
    bool any;
    const char *what;
} table[FAULT_COUNT] = {
#define X(id, name, kind, any, what) [FAULT_##id] = { name, kind, any, what },
    FAULT_TABLE(X)
#undef X
};

static const struct {
    const char *placeholder, *expected;
    int64_t minimum, maximum;
} kinds[] = {
    [NOTHING] = { "", "no value", 0, 0 },
    [MILLISECONDS] = { "=MS", "milliseconds, at most an hour", 0, MILLISECONDS_MAX },
    [SECONDS] = { "=SECONDS", "seconds, at most 300 days, - for behind", -SECONDS_MAX, SECONDS_MAX },
    [CODE] = { "=CODE", "a response code, as 0x101", 1, UINT32_MAX },
    [NSM_NAME] = { "=NAME", "the name of an error of the NSM", 0, 0 },
};

static bool find(const char *name, enum fault_id *ret_id)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        *ret_id = (enum fault_id)i;
        return true;
    }
    return false;
}

/* Decimal or 0x..., all of the text. */
static bool parse_number(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
    char *rest;

    errno = 0;
    long long value = strtoll(text, &rest, 0);
    if (text[0] == '\0' || text[0] == ' ' || *rest != '\0' || errno != 0 || value < minimum || value > maximum)
        return false;
    *ret_value = value;
    return true;
}

static bool parse_value(enum value_kind kind, const char *text, struct fault *fault)
{
    if (kind == NOTHING || !text)
        return kind == NOTHING && !text;
    if (strlen(text) >= sizeof fault->text)
        return false;
    memcpy(fault->text, text, strlen(text) + 1);
    if (kind == NSM_NAME)
        return nsm_is_error(text);
    return parse_number(text, kinds[kind].minimum, kinds[kind].maximum, &fault->value);
}

static bool parse_modifier(const char *text, struct fault *fault)
{
    int64_t value;

    if (strcmp(text, "on=any") == 0) {
        fault->code = FAULT_ANY_COMMAND;
        return true;
    }
    if (strncmp(text, "on=", 3) == 0 && parse_number(text + 3, 1, UINT32_MAX, &value)) {
        fault->code = (uint32_t)value;
        return true;
    }
    if (strncmp(text, "count=", 6) == 0 && parse_number(text + 6, 1, UINT32_MAX, &value)) {
        fault->left = (uint32_t)value;
        fault->limited = true;
        return true;
    }
    return false;
}

enum attest_error faults_set(struct faults *faults, const char *text, struct attest_diag *diag)
{
    char spec[SPEC_SIZE], *rest = spec;
    enum fault_id id;

    if (strlen(text) >= sizeof spec)
        return attest_fail(diag, ATTEST_USAGE, text, "NAME[=VALUE][,count=N][,on=CODE|any]");
    memcpy(spec, text, strlen(text) + 1);
    char *name = strsep(&rest, ",");
    char *value = strchr(name, '=');
    if (value)
        *value++ = '\0';
    if (!find(name, &id))
        return attest_fail(diag, ATTEST_USAGE, name, "the name of a fault");
    struct fault fault = { .on = true, .code = table[id].any ? FAULT_ANY_COMMAND : TPM_CC_AWS_NSM_REQUEST };
    if (!parse_value(table[id].kind, value, &fault))
        return attest_fail(diag, ATTEST_USAGE, value, "%s: %s", name, kinds[table[id].kind].expected);
    for (const char *modifier; (modifier = strsep(&rest, ","));)
        if (!parse_modifier(modifier, &fault))
            return attest_fail(diag, ATTEST_USAGE, modifier, "count=N or on=CODE|any");
    faults->items[id] = fault;
    return ATTEST_OK;
}

enum attest_error faults_clear(struct faults *faults, const char *name, struct attest_diag *diag)
{
    enum fault_id id;

    if (!name) {
        *faults = (struct faults){ 0 };
        return ATTEST_OK;
    }
    if (!find(name, &id))
        return attest_fail(diag, ATTEST_USAGE, name, "the name of a fault");
    faults->items[id] = (struct fault){ 0 };
    return ATTEST_OK;
}

const struct fault *faults_take(struct faults *faults, enum fault_id id, uint32_t code)
{
    struct fault *fault = &faults->items[id];

    if (!fault->on || (fault->code != FAULT_ANY_COMMAND && fault->code != code))
        return NULL;
    if (fault->limited && --fault->left == 0)
        fault->on = false;
    return fault;
}

void faults_append(const struct faults *faults, struct attest_bytes *out)
{
    char line[SPEC_SIZE];

    for (size_t i = 0; i < FAULT_COUNT; i++) {
        const struct fault *fault = &faults->items[i];
        if (!fault->on)
            continue;
        snprintf(line, sizeof line, "%s%s%s", table[i].name, fault->text[0] ? "=" : "", fault->text);
        attest_bytes_append_text(out, line);
        if (fault->limited) {
            snprintf(line, sizeof line, ",count=%u", fault->left);
            attest_bytes_append_text(out, line);
        }
        if (fault->code == FAULT_ANY_COMMAND)
            snprintf(line, sizeof line, ",on=any\n");
        else
            snprintf(line, sizeof line, ",on=0x%08x\n", fault->code);
        attest_bytes_append_text(out, line);
    }
}

void faults_print_help(void)
{
    char name[SPEC_SIZE];

    for (size_t i = 0; i < FAULT_COUNT; i++) {
        snprintf(name, sizeof name, "%s%s", table[i].name, kinds[table[i].kind].placeholder);
        printf("  %-18s%s\n", name, table[i].what);
    }
}
