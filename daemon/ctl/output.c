/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How does a person get to read it? Trusts none of the texts it is given for output: a terminal obeys control
 * characters, and what looks like our line may be somebody else's.
 */
#include "daemon/ctl/output.h"

#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LABEL_WIDTH 18

static bool is_colourful(FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return !(no_color && *no_color) && term && strcmp(term, "dumb") != 0 && isatty(fileno(out));
}

void ctl_output_coloured(FILE *out, enum ctl_colour colour, const char *text)
{
    static const char *const codes[] = { [CTL_GREEN] = "32", [CTL_RED] = "1;31" };

    if (is_colourful(out))
        fprintf(out, "\033[%sm%s\033[0m", codes[colour], text);
    else
        fputs(text, out);
}

void ctl_output_text(FILE *out, struct attest_view text, bool lines)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        fputc((byte >= ' ' && byte <= '~') || (lines && byte == '\n') ? byte : '?', out);
    }
}

void ctl_output_hex(FILE *out, struct attest_view data)
{
    for (size_t i = 0; i < data.size; i++)
        fprintf(out, "%02x", data.data[i]);
}

void ctl_output_label(FILE *out, const char *label)
{
    fprintf(out, "%-*s ", LABEL_WIDTH, label);
}

void ctl_output_field(FILE *out, const char *label, struct attest_view value)
{
    ctl_output_label(out, label);
    ctl_output_text(out, value, false);
    fputc('\n', out);
}

void ctl_output_field_hex(FILE *out, const char *label, struct attest_view value)
{
    ctl_output_label(out, label);
    ctl_output_hex(out, value);
    fputc('\n', out);
}

void ctl_output_raw(struct attest_view json)
{
    if (isatty(STDOUT_FILENO))
        ctl_output_text(stdout, json, true);
    else
        fwrite(json.data, 1, json.size, stdout);
}

void ctl_output_json(struct attest_view json)
{
    while (json.size > 0 && json.data[json.size - 1] == '\n')
        json.size--;
    ctl_output_raw(json);
    fputc('\n', stdout);
}

bool ctl_output_is_taken(const struct ctl_call *call)
{
    return call->value[CTL_OUT] && strcmp(call->value[CTL_OUT], "-") == 0;
}

enum attest_error ctl_output_check(struct ctl_call *call)
{
    if (call->value[CTL_JSON] && ctl_output_is_taken(call))
        return attest_fail(&call->diag, ATTEST_USAGE, "both", "--json or -o -, as each fills standard output");
    return ATTEST_OK;
}

/* The library's sentences end with a full stop; more follows here. */
static int sentence_length(enum attest_error error)
{
    return (int)strcspn(attest_error_sentence(error), ".");
}

void ctl_output_describe(const struct ctl_call *call, enum attest_error error, char *ret_text, size_t size)
{
    const struct attest_diag *diag = &call->diag;
    char text[1024], subject[256] = "", offset[32] = "";

    if (call->subject && error != ATTEST_SYSTEM) /* what can't be opened or read is named by the diag itself */
        attest_error_printable(call->subject, strlen(call->subject), subject, sizeof subject);
    if (attest_error_category(error) == ATTEST_CATEGORY_MALFORMED && diag->offset > 0)
        snprintf(offset, sizeof offset, " (at byte %zu)", diag->offset);
    const char *colon = subject[0] ? ": " : "";
    if (call->problem[0])
        snprintf(text, sizeof text, "%s%s%s", subject, colon, call->problem);
    else if (diag->expected[0])
        snprintf(text, sizeof text, "%s%sexpected %s%s%s%s", subject, colon, diag->expected,
                 diag->found[0] ? ", found " : "", diag->found, offset);
    else
        snprintf(text, sizeof text, "%s%s%.*s%s", subject, colon, sentence_length(error),
                 attest_error_sentence(error), offset);
    attest_error_printable(text, strlen(text), ret_text, size);
}

void ctl_output_failure(const struct ctl_call *call, enum attest_error error)
{
    char text[1024];

    ctl_output_describe(call, error, text, sizeof text);
    fprintf(stderr, "attestctl: %s%s%s\n", call->command ? call->command->name : "", call->command ? ": " : "",
            text);
}
