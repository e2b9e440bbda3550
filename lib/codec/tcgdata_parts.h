/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of event data, for tcgdata.c alone. */
#ifndef ATTEST_CODEC_TCGDATA_PARTS_H
#define ATTEST_CODEC_TCGDATA_PARTS_H

#include "base/reader.h"
#include "codec/json_writer.h"

#define TCGDATA_HEX_MAX 256 /* bytes that are shown */

/* Writes members of the open object; false, and nothing is written, where `data` is not of the form. */
typedef bool tcgdata_form(struct attest_json_writer *json, struct attest_view data);

/* tcgdata.c */
tcgdata_form tcgdata_text, tcgdata_hex; /* hex is the form of everything */
void tcgdata_write_guid(struct attest_json_writer *json, const char *name, struct attest_view guid);
void tcgdata_write_utf16(struct attest_json_writer *json, const char *name, struct attest_view text);
void tcgdata_write_device_path(struct attest_json_writer *json, struct attest_view path);

/* What is left, where more was logged than the structure has: an object "trailing", or nothing. */
void tcgdata_write_trailing(struct attest_json_writer *json, struct attest_reader *reader);

/* tcgdata_variable.c */
tcgdata_form tcgdata_variable, tcgdata_authority;

/* tcgdata_firmware.c */
tcgdata_form tcgdata_image, tcgdata_blob, tcgdata_blob2, tcgdata_handoff, tcgdata_handoff2, tcgdata_gpt,
    tcgdata_no_action;

/* tcgdata_boot.c */
tcgdata_form tcgdata_separator, tcgdata_version, tcgdata_tags, tcgdata_ipl;

#endif
