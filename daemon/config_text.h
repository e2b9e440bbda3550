/* SPDX-License-Identifier: Apache-2.0 */
/* The effective configuration of unlocking, as text of one form: what is measured as such. */
#ifndef ATTESTD_CONFIG_TEXT_H
#define ATTESTD_CONFIG_TEXT_H

#include "base/bytes.h"
#include "daemon/config.h"

#define CONFIG_TEXT_MAX ((size_t)1 << 20)

/* Sections [unlock], [aws] and [secret NAME], the latter by name; every key in the order of the tables, with
 * its value or default as "key = value" and LF; items of lists on lines of their own. However it was written in
 * the files, the same configuration gives the same bytes. */
enum attest_error config_text_write(const struct config *config, struct attest_bytes *ret_text)
    attest_must_check;

/* The SHA-384 of that. */
enum attest_error config_text_digest(const struct config *config, uint8_t ret_digest[48]) attest_must_check;

#endif
