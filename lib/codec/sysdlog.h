/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd's log of what it measured itself, /run/log/systemd/tpm2-measure.log: a JSON text sequence (RFC 7464)
 * of events as TCG's Canonical Event Log writes them, less the record number (systemd
 * docs/TPM2_PCR_MEASUREMENTS.md).
 */
#ifndef ATTEST_CODEC_SYSDLOG_H
#define ATTEST_CODEC_SYSDLOG_H

#include "attest/hash.h"
#include "base/reader.h"

#define ATTEST_SYSDLOG_RECORD_MAX ((size_t)64 << 10)

struct attest_json;

/* Views live as long as `root`. */
struct attest_sysd_event {
    struct attest_json *root;
    bool has_pcr; /* else it is about an NV index that stands for a PCR */
    unsigned pcr;
    uint32_t banks; /* bit n: there is a digest of enum attest_hash n */
    uint8_t digests[ATTEST_HASH_COUNT][ATTEST_HASH_MAX_SIZE];
    struct attest_view type;   /* "phase" and the like; empty if it is not said */
    struct attest_view string; /* what was measured, for most types; empty if it is not said */
    struct attest_view boot_id;
    uint64_t timestamp; /* microseconds of CLOCK_BOOTTIME */
};

/* Takes the next event; on failure the reader stays where it was. ATTEST_TRUNCATED if the record goes on behind
 * the input (its line feed is missing), ATTEST_MALFORMED or ATTEST_TOO_LARGE if it can't be one. The caller
 * ends it with attest_sysdlog_done. */
enum attest_error attest_sysdlog_next(struct attest_reader *reader, struct attest_sysd_event *ret_event,
                                      struct attest_diag *diag) attest_must_check;

/* A zeroed event is accepted. */
void attest_sysdlog_done(struct attest_sysd_event *event);

/* Whether the digests are of `string`: so for all types but those whose string only tells about a secret or a
 * file (systemd src/shared/tpm2-event-log). */
bool attest_sysdlog_is_digested(const struct attest_sysd_event *event);

#endif
