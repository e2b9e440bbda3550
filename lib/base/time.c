/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which moment is that? Trusts no digit: a date is only one if the calendar has it. RFC 3339 §5.6, always with
 * Z: a verifier's report must not depend on where it was made. RFC 9110 §5.6.7 for what servers say.
 */
#include "base/time.h"

#include "base/bytes.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/reader.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECONDS_MAX 253402300799 /* 9999-12-31T23:59:59Z */

static const char form[] = "a time like 2026-02-03T10:12:02Z, or seconds since 1970";

/* `digits` decimal digits and the delimiter behind them. */
static bool take_number(struct attest_reader *reader, size_t digits, char delimiter, int *ret_value)
{
    struct attest_view text = attest_reader_take(reader, digits);

    *ret_value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *ret_value = 10 * *ret_value + (text.data[i] - '0');
    }
    return text.size == digits && (delimiter == '\0' || attest_reader_u8(reader) == (uint8_t)delimiter);
}

/* What is left: "Z", or a fraction of a second and "Z". */
static bool take_fraction(struct attest_reader *reader, uint64_t *ret_milliseconds)
{
    uint64_t value = 0, unit = 100;
    uint8_t byte = attest_reader_u8(reader);

    if (byte == '.') {
        size_t digits = 0;
        for (byte = attest_reader_u8(reader); byte >= '0' && byte <= '9'; byte = attest_reader_u8(reader)) {
            value += unit * (uint64_t)(byte - '0');
            unit /= 10;
            digits++;
        }
        if (digits == 0)
            return false;
    }
    *ret_milliseconds = value;
    return byte == 'Z' && attest_reader_end(reader, NULL) == ATTEST_OK;
}

/* timegm would make the 2nd of March of the 30th of February. */
static bool is_calendar(const struct tm *asked, time_t seconds)
{
    struct tm found;

    return gmtime_r(&seconds, &found) && found.tm_year == asked->tm_year && found.tm_mon == asked->tm_mon &&
           found.tm_mday == asked->tm_mday && found.tm_hour == asked->tm_hour &&
           found.tm_min == asked->tm_min && found.tm_sec == asked->tm_sec;
}

/* Of years, months from 1 and so on. */
static bool read_calendar(const struct tm *parts, uint64_t *ret_seconds)
{
    struct tm asked = *parts;

    asked.tm_year -= 1900;
    asked.tm_mon -= 1;
    struct tm normal = asked; /* which timegm changes */
    time_t seconds = timegm(&normal);
    if (seconds < 0 || !is_calendar(&asked, seconds))
        return false;
    *ret_seconds = (uint64_t)seconds;
    return true;
}

static bool parse_date(struct attest_view text, uint64_t *ret_milliseconds)
{
    struct attest_reader reader = attest_reader_init(text);
    struct tm asked = { 0 };
    uint64_t fraction = 0, seconds = 0;

    if (!take_number(&reader, 4, '-', &asked.tm_year) || !take_number(&reader, 2, '-', &asked.tm_mon) ||
        !take_number(&reader, 2, 'T', &asked.tm_mday) || !take_number(&reader, 2, ':', &asked.tm_hour) ||
        !take_number(&reader, 2, ':', &asked.tm_min) || !take_number(&reader, 2, '\0', &asked.tm_sec) ||
        !take_fraction(&reader, &fraction) || !read_calendar(&asked, &seconds))
        return false;
    *ret_milliseconds = seconds * 1000 + fraction;
    return true;
}

/* Three letters, of a list of such, and a text behind them. Months count from 1. */
static bool take_name(struct attest_reader *reader, const char *names, const char *behind, int *ret_number)
{
    struct attest_view name = attest_reader_take(reader, 3);

    if (!attest_view_equal(attest_reader_take(reader, strlen(behind)), attest_view_text(behind)))
        return false;
    for (size_t i = 0; i + 3 <= strlen(names); i += 3)
        if (attest_view_equal(name, (struct attest_view){ (const uint8_t *)names + i, 3 })) {
            *ret_number = (int)(i / 3) + 1;
            return true;
        }
    return false;
}

static bool parse_http(struct attest_view text, uint64_t *ret_milliseconds)
{
    struct attest_reader reader = attest_reader_init(text);
    struct tm asked = { 0 };
    uint64_t seconds = 0;

    /* The day of the week says nothing that the rest doesn't. */
    if (!take_name(&reader, "MonTueWedThuFriSatSun", ", ", &asked.tm_wday) ||
        !take_number(&reader, 2, ' ', &asked.tm_mday) ||
        !take_name(&reader, "JanFebMarAprMayJunJulAugSepOctNovDec", " ", &asked.tm_mon) ||
        !take_number(&reader, 4, ' ', &asked.tm_year) || !take_number(&reader, 2, ':', &asked.tm_hour) ||
        !take_number(&reader, 2, ':', &asked.tm_min) || !take_number(&reader, 2, ' ', &asked.tm_sec) ||
        !attest_view_equal(attest_reader_take(&reader, 3), attest_view_text("GMT")) ||
        attest_reader_end(&reader, NULL) != ATTEST_OK || !read_calendar(&asked, &seconds))
        return false;
    *ret_milliseconds = seconds * 1000;
    return true;
}

static enum attest_error refuse(struct attest_view text, const char *expected, struct attest_diag *diag)
{
    char found[32];

    attest_error_printable((const char *)text.data, text.size, found, sizeof found);
    return attest_fail(diag, ATTEST_MALFORMED, found, "%s", expected);
}

enum attest_error attest_time_parse(struct attest_view text, uint64_t *ret_milliseconds,
                                    struct attest_diag *diag)
{
    uint64_t seconds;

    if (attest_decode_decimal(text, SECONDS_MAX, &seconds, NULL) == ATTEST_OK) {
        *ret_milliseconds = seconds * 1000;
        return ATTEST_OK;
    }
    if (parse_date(text, ret_milliseconds))
        return ATTEST_OK;
    return refuse(text, form, diag);
}

enum attest_error attest_time_parse_http(struct attest_view text, uint64_t *ret_milliseconds,
                                         struct attest_diag *diag)
{
    return parse_http(text, ret_milliseconds) ? ATTEST_OK
                                              : refuse(text, "a time like Sun, 06 Nov 1994 08:49:37 GMT", diag);
}

void attest_time_format(int64_t seconds, char ret_text[ATTEST_TIME_SIZE])
{
    const time_t moment = (time_t)seconds;
    struct tm parts;

    if (seconds < 0 || seconds > SECONDS_MAX || !gmtime_r(&moment, &parts) ||
        strftime(ret_text, ATTEST_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(ret_text, ATTEST_TIME_SIZE, "out of range");
}
