/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rule did the logs break first, and where?
 */
#include "evidence/findings.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    enum attest_log log;
    const char *name;
    const char *demand;
} rules[] = {
#define X(log, id, name, demand) { ATTEST_LOG_##log, name, demand },
    ATTEST_FINDING_TABLE(X)
#undef X
};

void attest_findings_note(struct attest_findings *findings, enum attest_finding_rule rule,
                          struct attest_log_position at, const char *format, ...)
{
    struct attest_finding *finding = &findings->rules[rule];
    char text[2 * sizeof finding->what];
    va_list arguments;

    if (finding->found)
        return;
    finding->found = true;
    finding->at = at;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    attest_error_printable(text, strlen(text), finding->what, sizeof finding->what);
}

enum attest_log attest_findings_log(enum attest_finding_rule rule)
{
    return rules[rule].log;
}

const char *attest_findings_name(enum attest_finding_rule rule)
{
    return rules[rule].name;
}

const char *attest_findings_demand(enum attest_finding_rule rule)
{
    return rules[rule].demand;
}
