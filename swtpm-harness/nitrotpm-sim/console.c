/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the test want changed or told? One command on a line: a fault on or off, the faults that are on,
 * the counts.
 */
#include "swtpm-harness/nitrotpm-sim/console.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static enum attest_error set(struct tpm *tpm, const char *argument, struct attest_bytes *out,
                             struct attest_diag *diag)
{
    (void)out;
    return faults_set(&tpm->faults, argument ? argument : "", diag);
}

static enum attest_error clear(struct tpm *tpm, const char *argument, struct attest_bytes *out,
                               struct attest_diag *diag)
{
    (void)out;
    return faults_clear(&tpm->faults, argument, diag);
}

static enum attest_error list(struct tpm *tpm, const char *argument, struct attest_bytes *out,
                              struct attest_diag *diag)
{
    (void)argument;
    (void)diag;
    faults_append(&tpm->faults, out);
    return ATTEST_OK;
}

static enum attest_error count(struct tpm *tpm, const char *argument, struct attest_bytes *out,
                               struct attest_diag *diag)
{
    (void)argument;
    (void)diag;
    counts_append(&tpm->counts, out);
    return ATTEST_OK;
}

static enum attest_error reset(struct tpm *tpm, const char *argument, struct attest_bytes *out,
                               struct attest_diag *diag)
{
    (void)argument;
    (void)out;
    (void)diag;
    tpm->counts = (struct counts){ 0 };
    return ATTEST_OK;
}

static const struct {
    const char *name;
    enum attest_error (*execute)(struct tpm *tpm, const char *argument, struct attest_bytes *out,
                                 struct attest_diag *diag);
} table[] = {
    { "fault", set }, { "clear", clear }, { "faults", list }, { "counts", count }, { "reset-counts", reset },
};

static enum attest_error execute(struct tpm *tpm, char *line, struct attest_bytes *out,
                                 struct attest_diag *diag)
{
    char *argument = strchr(line, ' ');

    if (argument)
        *argument++ = '\0';
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(line, table[i].name) == 0)
            return table[i].execute(tpm, argument, out, diag);
    return attest_fail(diag, ATTEST_USAGE, line, "fault, clear, faults, counts or reset-counts");
}

void console_execute(struct tpm *tpm, struct attest_view line, struct attest_bytes *out)
{
    char text[CONSOLE_LINE_MAX + 1] = "", answer[sizeof(struct attest_diag) + 64];
    struct attest_diag diag = { 0 };

    if (line.size > 0)
        memcpy(text, line.data, line.size < CONSOLE_LINE_MAX ? line.size : CONSOLE_LINE_MAX);
    enum attest_error error = execute(tpm, text, out, &diag);
    if (error == ATTEST_OK)
        snprintf(answer, sizeof answer, "ok\n");
    else
        snprintf(answer, sizeof answer, "error: expected %s%s%s\n", diag.expected,
                 diag.found[0] ? ", found " : "", diag.found);
    attest_bytes_append_text(out, answer);
}
