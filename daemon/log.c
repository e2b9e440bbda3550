/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What should an operator know? Every line is an event of log.def.
 */
#include <config.h>
#include "daemon/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *id;
    int priority;
    const char *format;
} events[] = {
#define LOG_EVENT(name, id, priority, format) { #name, id, priority, format },
#include "daemon/log.def"
#undef LOG_EVENT
};

static const char *name = "attestd"; /* of the program */
static bool to_journal;

#define MESSAGE_SIZE 1280

/* Standard error is the journal if it is the very socket that JOURNAL_STREAM names (systemd.exec(5)). */
void log_open(const char *program)
{
    name = program;
    const char *stream = getenv("JOURNAL_STREAM");
    char own[64];
    struct stat status;

    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return;
    snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    to_journal = strcmp(own, stream) == 0;
}

__attribute__((format(printf, 2, 3))) static struct iovec field(char text[MESSAGE_SIZE + 16],
                                                                const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, MESSAGE_SIZE + 16, format, arguments);
    va_end(arguments);
    return (struct iovec){ text, strlen(text) };
}

static void send_to_journal(enum log_event event, const char *message)
{
    char texts[5][MESSAGE_SIZE + 16];
    const struct iovec fields[] = {
        field(texts[0], "MESSAGE=%s", message),
        field(texts[1], "MESSAGE_ID=%s", events[event].id),
        field(texts[2], "PRIORITY=%d", events[event].priority),
        field(texts[3], "SYSLOG_IDENTIFIER=%s", name),
        field(texts[4], "ATTESTD_EVENT=%s", events[event].name),
    };

    sd_journal_sendv(fields, sizeof fields / sizeof fields[0]);
}

void log_event(enum log_event event, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, event);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a format of our own table */
    vsnprintf(message, sizeof message, events[event].format, arguments);
#pragma GCC diagnostic pop
    va_end(arguments);
    if (to_journal)
        send_to_journal(event, message);
    else
        fprintf(stderr, "%s: %s\n", name, message);
}

const char *log_describe(enum attest_error error, const struct attest_diag *diag, char ret_text[LOG_TEXT_SIZE])
{
    if (diag->expected[0] == '\0')
        snprintf(ret_text, LOG_TEXT_SIZE, "%s", attest_error_sentence(error));
    else
        snprintf(ret_text, LOG_TEXT_SIZE, "expected %s%s%s", diag->expected, diag->found[0] ? ", found " : "",
                 diag->found);
    return ret_text;
}
