/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: the journal with structured fields when systemd started us, standard error otherwise. Nothing that
 * callers send is logged but by way of attest_diag, which is printable and bounded.
 */
#ifndef ATTESTD_LOG_H
#define ATTESTD_LOG_H

#include "attest/error.h"

enum log_event {
#define LOG_EVENT(name, id, priority, format) LOG_EVENT_##name,
#include "daemon/log.def"
#undef LOG_EVENT
};

/* Finds out where the log goes. `program` is how its lines begin. */
void log_open(const char *program);

/* The arguments of the event's format in log.def. */
void log_event(enum log_event event, ...);

/* "expected X, found Y" of a failure, or its sentence, into `ret_text`; which is returned. */
#define LOG_TEXT_SIZE 320
const char *log_describe(enum attest_error error, const struct attest_diag *diag, char ret_text[LOG_TEXT_SIZE]);

#endif
