/* SPDX-License-Identifier: Apache-2.0 */
/* What the events of firmware's log say about themselves, for people. Nothing of it is authenticated but what a
 * digest covers (tcglog.h); types are covered by none. */
#ifndef ATTEST_CODEC_TCGDATA_H
#define ATTEST_CODEC_TCGDATA_H

#include "codec/json_writer.h"
#include "codec/tcglog.h"

#define ATTEST_TCGDATA_MAX ((size_t)128 << 10) /* bytes of JSON */

/* Writes the member "data", an object, that describes the event's data as its type has it. What can't be read
 * so is there as "text", or as "hex" (the first 256 bytes) with its "size", and a "note". Lists are cut, with
 * the number of all there are; an event becomes a few KiB, ATTEST_TCGDATA_MAX at most. */
void attest_tcgdata_write(struct attest_json_writer *json, const struct attest_tcg_event *event);

#endif
