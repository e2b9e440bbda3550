/* SPDX-License-Identifier: Apache-2.0 */
/* Text in events of firmware's log: no field says that it is text, nor how it is encoded. */
#ifndef ATTEST_CODEC_EVENTTEXT_H
#define ATTEST_CODEC_EVENTTEXT_H

#include "codec/json_writer.h"

#define ATTEST_EVENTTEXT_MAX 4096 /* bytes of an event's text that are shown */

/* Writes `name` with the text of `data`, NULs at its end left out; where it was longer than the maximum, it
 * ends there, and "cut_after" says so. False, and nothing is written, where this is no text: not UTF-8 or
 * UTF-16LE of mostly Latin letters, nothing at all, or with control characters other than tab and the ends of
 * lines. */
bool attest_eventtext_write(struct attest_json_writer *json, const char *name, struct attest_view data);

#endif
