/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does it hold, and if not, why? A verdict starts as "not trusted" and becomes trust only at the end, by
 * attest_verdict_finish: a verification that stops early, for whatever reason, has not trusted anything.
 */
#include "evidence/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX 192
#define NAME_SIZE  48

struct check {
    char name[NAME_SIZE];
    bool ok;
    char detail[256];
};

struct attest_verdict {
    size_t count;
    bool holds;
    struct check checks[CHECKS_MAX];
};

struct attest_verdict *attest_verdict_new(void)
{
    return calloc(1, sizeof(struct attest_verdict));
}

void attest_verdict_free(struct attest_verdict *verdict)
{
    free(verdict);
}

void attest_verdict_cleanup(struct attest_verdict **verdict)
{
    attest_verdict_free(*verdict);
}

bool attest_verdict_holds(const struct attest_verdict *verdict)
{
    return verdict && verdict->holds;
}

size_t attest_verdict_count(const struct attest_verdict *verdict)
{
    return verdict->count;
}

struct attest_check attest_verdict_check(const struct attest_verdict *verdict, size_t index)
{
    if (index >= verdict->count)
        return (struct attest_check){ .name = "none", .detail = "" };
    return (struct attest_check){ verdict->checks[index].name, verdict->checks[index].ok,
                                  verdict->checks[index].detail };
}

/* Room for one more, of that name; NULL if there is none. */
static struct check *append(struct attest_verdict *verdict, bool ok, const char *prefix, const char *name)
{
    verdict->holds = false;
    if (verdict->count == CHECKS_MAX) { /* a check that is not recorded must not be lost: the last one fails */
        verdict->checks[CHECKS_MAX - 1].ok = false;
        return NULL;
    }
    struct check *check = &verdict->checks[verdict->count++];
    check->ok = ok;
    snprintf(check->name, sizeof check->name, "%s%s", prefix, name);
    return check;
}

bool attest_verdict_add(struct attest_verdict *verdict, bool ok, const char *name, const char *format, ...)
{
    va_list arguments;

    struct check *check = append(verdict, ok, "", name);
    if (!check)
        return false;
    va_start(arguments, format);
    vsnprintf(check->detail, sizeof check->detail, format, arguments);
    va_end(arguments);
    return ok;
}

void attest_verdict_adopt(struct attest_verdict *verdict, const struct attest_verdict *part, const char *prefix)
{
    for (size_t i = 0; i < part->count; i++) {
        struct check *check = append(verdict, part->checks[i].ok, prefix, part->checks[i].name);
        if (check)
            memcpy(check->detail, part->checks[i].detail, sizeof check->detail);
    }
}

enum attest_error attest_verdict_finish(struct attest_verdict *verdict)
{
    bool all = verdict->count > 0;

    for (size_t i = 0; i < verdict->count; i++)
        all = all && verdict->checks[i].ok;
    verdict->holds = all;
    return all ? ATTEST_OK : ATTEST_REFUSED;
}
