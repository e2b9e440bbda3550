/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which record comes next? A record that goes on behind the window has the window filled up, and no more than
 * one record's maximum is ever held. Trusts nothing.
 */
#include "codec/logreader.h"

#include "base/error.h"

#include <string.h>

#define WINDOW_MAX  ((size_t)2 << 20) /* holds the longest record of IMA and of systemd */
#define DETECT_SIZE 80                /* up to the beginning of an IMA template's name, behind SHA-512 */

_Static_assert(WINDOW_MAX > ATTEST_IMALOG_ENTRY_MAX + 4096 && WINDOW_MAX > ATTEST_SYSDLOG_RECORD_MAX,
               "the window must hold a record and a piece of the next");

const char *attest_log_name(enum attest_log log)
{
    static const char *const names[] = {
        [ATTEST_LOG_FIRMWARE] = "firmware",
        [ATTEST_LOG_IMA] = "ima",
        [ATTEST_LOG_USERSPACE] = "userspace",
    };

    return names[log];
}

struct attest_logreader attest_logreader_init(enum attest_log log, struct attest_view memory)
{
    return (struct attest_logreader){ .log = log, .reader = attest_reader_init(memory) };
}

static size_t window_max(enum attest_log log)
{
    return log == ATTEST_LOG_FIRMWARE ? ATTEST_LOGREADER_FIRMWARE_MAX : WINDOW_MAX;
}

struct attest_logreader attest_logreader_init_more(enum attest_log log, attest_log_more *more, void *context)
{
    return (struct attest_logreader){
        .log = log, .more = more, .context = context, .window = attest_bytes_init(window_max(log))
    };
}

void attest_logreader_done(struct attest_logreader *reader)
{
    attest_sysdlog_done(&reader->record.userspace);
    attest_bytes_done(&reader->window);
    *reader = (struct attest_logreader){ 0 };
}

/* Drops what was read and appends what comes; tells whether something came. */
static enum attest_error refill(struct attest_logreader *reader, bool *ret_came, struct attest_diag *diag)
{
    if (!reader->more) {
        *ret_came = false;
        return ATTEST_OK;
    }
    attest_bytes_drop(&reader->window, reader->reader.offset);
    reader->passed += reader->reader.offset;
    size_t before = reader->window.size;
    enum attest_error error = reader->more(reader->context, &reader->window, diag);
    reader->reader = attest_reader_init(attest_bytes_view(&reader->window));
    attest_try(error);
    if (attest_bytes_check(&reader->window) == ATTEST_TOO_LARGE)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a %s log of at most %zu bytes",
                           attest_log_name(reader->log), reader->window.maximum);
    attest_try(attest_bytes_check(&reader->window));
    *ret_came = reader->window.size > before;
    return ATTEST_OK;
}

static enum attest_error open_firmware(struct attest_logreader *reader, struct attest_diag *diag)
{
    bool came = true;

    while (came)
        attest_try(refill(reader, &came, diag));
    attest_try(attest_tcglog_open(reader->reader.input, &reader->firmware, diag));
    reader->opened = true;
    return ATTEST_OK;
}

static enum attest_error next_firmware(struct attest_logreader *reader, bool *ret_there,
                                       struct attest_diag *diag)
{
    if (!reader->opened)
        attest_try(open_firmware(reader, diag));
    *ret_there = attest_tcglog_next(&reader->firmware, &reader->record.firmware);
    return ATTEST_OK;
}

/* One record that is whole within the window. */
static enum attest_error parse(struct attest_logreader *reader, struct attest_diag *diag)
{
    if (reader->log == ATTEST_LOG_IMA)
        return attest_imalog_next(&reader->reader, &reader->record.ima, diag);
    attest_sysdlog_done(&reader->record.userspace);
    return attest_sysdlog_next(&reader->reader, &reader->record.userspace, diag);
}

static enum attest_error next_windowed(struct attest_logreader *reader, bool *ret_there,
                                       struct attest_diag *diag)
{
    bool came = true;
    enum attest_error error = parse(reader, diag);

    while (error == ATTEST_TRUNCATED && came) {
        attest_try(refill(reader, &came, diag));
        if (came)
            error = parse(reader, diag);
    }
    *ret_there = error == ATTEST_OK;
    return error == ATTEST_TRUNCATED ? ATTEST_OK : error;
}

enum attest_error attest_logreader_next(struct attest_logreader *reader,
                                        const struct attest_log_record **ret_record, struct attest_diag *diag)
{
    bool there = false;

    if (reader->log == ATTEST_LOG_FIRMWARE)
        attest_try(next_firmware(reader, &there, diag));
    else
        attest_try(next_windowed(reader, &there, diag));
    if (there)
        reader->record.at = (struct attest_log_position){ reader->log, reader->records++ };
    *ret_record = there ? &reader->record : NULL;
    return ATTEST_OK;
}

enum attest_error attest_logreader_end(const struct attest_logreader *reader, struct attest_diag *diag)
{
    if (reader->log == ATTEST_LOG_FIRMWARE)
        return attest_tcglog_end(&reader->firmware, diag);
    if (attest_reader_left(&reader->reader) == 0)
        return ATTEST_OK;
    if (diag)
        diag->offset = (size_t)attest_logreader_offset(reader);
    return attest_fail(diag, ATTEST_TRUNCATED, NULL, "whole records of the %s log, not %zu bytes of one",
                       attest_log_name(reader->log), attest_reader_left(&reader->reader));
}

uint64_t attest_logreader_offset(const struct attest_logreader *reader)
{
    return reader->passed +
           (reader->log == ATTEST_LOG_FIRMWARE ? reader->firmware.reader.offset : reader->reader.offset);
}

static bool is_printable(struct attest_view text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~')
            return false;
    return text.size > 0;
}

/* What comes where an IMA entry, with a digest of that size, has the name of its template; {NULL, 0} if it
 * can't be one. */
static struct attest_view ima_template(struct attest_view beginning, size_t digest_size)
{
    struct attest_reader reader = attest_reader_init(beginning);

    attest_reader_take(&reader, 4 + digest_size);
    size_t size = attest_reader_le32(&reader), left = attest_reader_left(&reader);
    struct attest_view name = attest_reader_take(&reader, size < left ? size : left);
    return size > 0 && size <= 256 && is_printable(name) ? name : (struct attest_view){ 0 };
}

/* An event of the firmware has the end of a digest there. */
static bool is_ima(struct attest_view beginning)
{
    return ima_template(beginning, attest_hash_size(ATTEST_HASH_SHA1)).size > 0;
}

/* The list with the digests of another bank (Linux 6.10, ima_fs.c). An event of the firmware has data there,
 * which may begin like anything: so only templates of the kernel's own count. */
static bool is_ima_of_bank(struct attest_view beginning)
{
    for (size_t hash = ATTEST_HASH_SHA256; hash < ATTEST_HASH_COUNT; hash++) {
        struct attest_view name = ima_template(beginning, attest_hash_size((enum attest_hash)hash));
        if (name.size >= 3 && memcmp(name.data, "ima", 3) == 0)
            return true;
    }
    return false;
}

/* "10 0123...": a PCR, and a hash in hexadecimal, at least as long as SHA-1's */
static bool is_ascii_ima(struct attest_view beginning)
{
    static const char digits[] = "0123456789abcdef";
    struct attest_reader reader = attest_reader_init(beginning);
    struct attest_view pcr;

    if (!attest_reader_split(&reader, ' ', &pcr) || pcr.size > 2)
        return false;
    struct attest_view hash = attest_reader_take(&reader, 40);
    for (size_t i = 0; i < hash.size; i++)
        if (!memchr(digits, hash.data[i], sizeof digits - 1))
            return false;
    return hash.size > 0;
}

enum attest_error attest_logreader_detect(struct attest_view beginning, enum attest_log *ret_log,
                                          struct attest_diag *diag)
{
    if (beginning.size == 0)
        return attest_fail(diag, ATTEST_MALFORMED, "an empty file", "an event log");
    if (is_ascii_ima(beginning))
        return attest_fail(diag, ATTEST_UNSUPPORTED, "the list as text",
                           "the binary list of IMA, binary_runtime_measurements");
    if (!is_ima(beginning) && is_ima_of_bank(beginning))
        return attest_fail(diag, ATTEST_UNSUPPORTED, "the list of another bank",
                           "IMA's list with SHA-1, binary_runtime_measurements, which does for every bank");
    *ret_log = beginning.data[0] == 0x1e ? ATTEST_LOG_USERSPACE
               : is_ima(beginning)       ? ATTEST_LOG_IMA
                                         : ATTEST_LOG_FIRMWARE;
    return ATTEST_OK;
}

enum attest_error attest_logreader_identify(struct attest_logreader *reader, struct attest_diag *diag)
{
    bool came = true;

    while (came && reader->reader.input.size < DETECT_SIZE)
        attest_try(refill(reader, &came, diag));
    attest_try(attest_logreader_detect(reader->reader.input, &reader->log, diag));
    reader->window.maximum = window_max(reader->log);
    return ATTEST_OK;
}
