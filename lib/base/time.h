/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as RFC 3339 and HTTP write them, in UTC. Nothing here reads a clock. */
#ifndef ATTEST_BASE_TIME_H
#define ATTEST_BASE_TIME_H

#include "attest/error.h"
#include "attest/view.h"

#define ATTEST_TIME_SIZE 24 /* "2026-02-03T10:12:02Z" and its end; a year of up to four digits */

/* "2026-02-03T10:12:02Z", with a fraction or without, or seconds since 1970; in milliseconds since 1970.
 * ATTEST_MALFORMED for another zone, a day that no month has, or what is not after 1970 and before 10000. */
enum attest_error attest_time_parse(struct attest_view text, uint64_t *ret_milliseconds,
                                    struct attest_diag *diag) attest_must_check;

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7, the form that servers must send). ATTEST_MALFORMED. */
enum attest_error attest_time_parse_http(struct attest_view text, uint64_t *ret_milliseconds,
                                         struct attest_diag *diag) attest_must_check;

/* Of seconds since 1970; what has no year of four digits is "out of range". */
void attest_time_format(int64_t seconds, char ret_text[ATTEST_TIME_SIZE]);

#endif
