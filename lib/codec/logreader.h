/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event log of any kind, record by record, through a window: memory is proportional to a record, whatever
 * the log's length (the firmware's is held whole: it is small). Where the bytes come from is the caller's
 * affair.
 */
#ifndef ATTEST_CODEC_LOGREADER_H
#define ATTEST_CODEC_LOGREADER_H

#include "attest/eventlog.h"
#include "base/bytes.h"
#include "codec/imalog.h"
#include "codec/sysdlog.h"
#include "codec/tcglog.h"

/* A firmware log is at most this long. */
#define ATTEST_LOGREADER_FIRMWARE_MAX ((size_t)16 << 20)

/* "firmware", "ima" or "userspace". */
const char *attest_log_name(enum attest_log log);

/* Where a record stands. */
struct attest_log_position {
    enum attest_log log;
    size_t index; /* of the record in its log, from 0 */
};

struct attest_log_record {
    struct attest_log_position at;
    struct attest_tcg_event firmware;
    struct attest_ima_entry ima;
    struct attest_sysd_event userspace;
};

/* Appends some bytes to the window; none where the log ends, for now. */
typedef enum attest_error attest_log_more(void *context, struct attest_bytes *window, struct attest_diag *diag);

struct attest_logreader {
    enum attest_log log;
    attest_log_more *more;
    void *context;
    struct attest_bytes window;
    struct attest_reader reader; /* in the window, or in the memory that was given */
    struct attest_tcglog firmware;
    struct attest_log_record record;
    size_t records;  /* read so far */
    uint64_t passed; /* bytes of the log that have left the window */
    bool opened;
};

/* Over memory, which must stay; or over what `more` gives. */
struct attest_logreader attest_logreader_init(enum attest_log log, struct attest_view memory);
struct attest_logreader attest_logreader_init_more(enum attest_log log, attest_log_more *more, void *context);

/* A zeroed reader is accepted. */
void attest_logreader_done(struct attest_logreader *reader);

/* The next record, which lives until the next call; NULL where the log ends for now: asked again, it goes on
 * with what has come since. What is not a log of its kind at all is ATTEST_MALFORMED and the like. */
enum attest_error attest_logreader_next(struct attest_logreader *reader,
                                        const struct attest_log_record **ret_record, struct attest_diag *diag)
    attest_must_check;

/* Where there are no more records: ATTEST_OK if the log ended between two, ATTEST_TRUNCATED or ATTEST_TRAILING
 * otherwise. */
enum attest_error attest_logreader_end(const struct attest_logreader *reader, struct attest_diag *diag)
    attest_must_check;

/* In bytes from the log's beginning: behind the last record. */
uint64_t attest_logreader_offset(const struct attest_logreader *reader);

/* What kind of log begins like this; 80 bytes suffice. ATTEST_MALFORMED if it is none, ATTEST_UNSUPPORTED if it
 * is IMA's in another form. */
enum attest_error attest_logreader_detect(struct attest_view beginning, enum attest_log *ret_log,
                                          struct attest_diag *diag) attest_must_check;

/* Makes the reader, which has not read anything yet, one for what the log begins like. */
enum attest_error attest_logreader_identify(struct attest_logreader *reader, struct attest_diag *diag)
    attest_must_check;

#endif
