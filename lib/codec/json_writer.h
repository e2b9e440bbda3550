/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON written straight into bytes with a hard maximum, whose failure is sticky: no tree is built, no
 * allocation's failure can drop a member unseen. A name of NULL is for elements of arrays and the outermost
 * value.
 *
 *     struct attest_json_writer json = { .out = &out };
 *     attest_json_open(&json, NULL, '{');
 *     attest_json_write_text(&json, "status", "ok");
 *     attest_json_close(&json, '}');
 */
#ifndef ATTEST_CODEC_JSON_WRITER_H
#define ATTEST_CODEC_JSON_WRITER_H

#include "base/bytes.h"

struct attest_json_writer {
    struct attest_bytes *out;
    bool comma; /* the next member needs one */
};

/* '{' and '}', or '[' and ']'. */
void attest_json_open(struct attest_json_writer *json, const char *name, char bracket);
void attest_json_close(struct attest_json_writer *json, char bracket);

/* Texts must be UTF-8. */
void attest_json_write_text(struct attest_json_writer *json, const char *name, const char *text);
void attest_json_write_text_view(struct attest_json_writer *json, const char *name, struct attest_view text);
/* A member whose name is not ours either. */
void attest_json_write_member(struct attest_json_writer *json, struct attest_view name,
                              struct attest_view text);
void attest_json_write_format(struct attest_json_writer *json, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void attest_json_write_hex(struct attest_json_writer *json, const char *name, struct attest_view data);
void attest_json_write_base64(struct attest_json_writer *json, const char *name, struct attest_view data);
void attest_json_write_unsigned(struct attest_json_writer *json, const char *name, uint64_t value);
void attest_json_write_boolean(struct attest_json_writer *json, const char *name, bool value);
void attest_json_write_null(struct attest_json_writer *json, const char *name);

#endif
