/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's event log (TCG PC Client Platform Firmware Profile 1.06 §10, "PFP"; EFI Protocol
 * Specification), crypto-agile or of the older form with SHA-1 alone, event by event. Views point into the
 * input.
 *
 *     struct attest_tcglog log;
 *     attest_try(attest_tcglog_open(input, &log, diag));
 *     while (attest_tcglog_next(&log, &event))
 *         ...
 *     attest_try(attest_tcglog_end(&log, diag));
 */
#ifndef ATTEST_CODEC_TCGLOG_H
#define ATTEST_CODEC_TCGLOG_H

#include "base/reader.h"

/* Event types (PFP §10.4.1, table 27): value, name. */
#define ATTEST_TCG_TYPE_TABLE(X)                                                                               \
    X(0x00000000, EV_PREBOOT_CERT)                                                                             \
    X(0x00000001, EV_POST_CODE)                                                                                \
    X(0x00000002, EV_UNUSED)                                                                                   \
    X(0x00000003, EV_NO_ACTION)                                                                                \
    X(0x00000004, EV_SEPARATOR)                                                                                \
    X(0x00000005, EV_ACTION)                                                                                   \
    X(0x00000006, EV_EVENT_TAG)                                                                                \
    X(0x00000007, EV_S_CRTM_CONTENTS)                                                                          \
    X(0x00000008, EV_S_CRTM_VERSION)                                                                           \
    X(0x00000009, EV_CPU_MICROCODE)                                                                            \
    X(0x0000000a, EV_PLATFORM_CONFIG_FLAGS)                                                                    \
    X(0x0000000b, EV_TABLE_OF_DEVICES)                                                                         \
    X(0x0000000c, EV_COMPACT_HASH)                                                                             \
    X(0x0000000d, EV_IPL)                                                                                      \
    X(0x0000000e, EV_IPL_PARTITION_DATA)                                                                       \
    X(0x0000000f, EV_NONHOST_CODE)                                                                             \
    X(0x00000010, EV_NONHOST_CONFIG)                                                                           \
    X(0x00000011, EV_NONHOST_INFO)                                                                             \
    X(0x00000012, EV_OMIT_BOOT_DEVICE_EVENTS)                                                                  \
    X(0x00000013, EV_POST_CODE2)                                                                               \
    X(0x80000001, EV_EFI_VARIABLE_DRIVER_CONFIG)                                                               \
    X(0x80000002, EV_EFI_VARIABLE_BOOT)                                                                        \
    X(0x80000003, EV_EFI_BOOT_SERVICES_APPLICATION)                                                            \
    X(0x80000004, EV_EFI_BOOT_SERVICES_DRIVER)                                                                 \
    X(0x80000005, EV_EFI_RUNTIME_SERVICES_DRIVER)                                                              \
    X(0x80000006, EV_EFI_GPT_EVENT)                                                                            \
    X(0x80000007, EV_EFI_ACTION)                                                                               \
    X(0x80000008, EV_EFI_PLATFORM_FIRMWARE_BLOB)                                                               \
    X(0x80000009, EV_EFI_HANDOFF_TABLES)                                                                       \
    X(0x8000000a, EV_EFI_PLATFORM_FIRMWARE_BLOB2)                                                              \
    X(0x8000000b, EV_EFI_HANDOFF_TABLES2)                                                                      \
    X(0x8000000c, EV_EFI_VARIABLE_BOOT2)                                                                       \
    X(0x8000000d, EV_EFI_GPT_EVENT2)                                                                           \
    X(0x80000010, EV_EFI_HCRTM_EVENT)                                                                          \
    X(0x800000e0, EV_EFI_VARIABLE_AUTHORITY)                                                                   \
    X(0x800000e1, EV_EFI_SPDM_FIRMWARE_BLOB)                                                                   \
    X(0x800000e2, EV_EFI_SPDM_FIRMWARE_CONFIG)                                                                 \
    X(0x800000e3, EV_EFI_SPDM_DEVICE_POLICY)                                                                   \
    X(0x800000e4, EV_EFI_SPDM_DEVICE_AUTHORITY)

enum attest_tcg_type {
#define X(value, name) ATTEST_##name = value,
    ATTEST_TCG_TYPE_TABLE(X)
#undef X
};

/* "EV_SEPARATOR" and the like; NULL for a type that is not in the table. */
const char *attest_tcglog_type_name(uint32_t type);

#define ATTEST_TCGLOG_BANKS_MAX 8

/* A bank that the log carries: TPM_ALG_ID (TPM 2.0 Part 2 §6.3) and size of its digests in bytes. */
struct attest_tcg_bank {
    uint16_t alg;
    uint16_t size;
};

struct attest_tcg_digest {
    uint16_t alg;
    struct attest_view value;
};

/* TCG_PCR_EVENT2 (PFP §10.2.2), or TCG_PCClientPCREvent (§10.2.1) with its one SHA-1 digest. */
struct attest_tcg_event {
    size_t index;  /* from 0; the Specification ID event counts */
    size_t offset; /* in bytes from the beginning of the log */
    uint32_t pcr;
    uint32_t type;
    size_t digest_count;
    struct attest_tcg_digest digests[ATTEST_TCGLOG_BANKS_MAX]; /* each algorithm at most once */
    struct attest_view data;
};

/* What is left of the input where no event follows. */
enum attest_tcglog_rest {
    ATTEST_TCGLOG_REST_NONE,
    ATTEST_TCGLOG_REST_PADDING, /* nothing but 0x00, or nothing but 0xff */
    ATTEST_TCGLOG_REST_ODD,     /* less than the head of an event */
    ATTEST_TCGLOG_REST_CUT,     /* an event that announces more than there is, or that can't be one */
};

struct attest_tcglog {
    struct attest_reader reader;
    size_t padding;    /* where the log's last run of 0x00 or 0xff begins */
    bool crypto_agile; /* false: SHA-1 alone, without a Specification ID event */
    size_t bank_count;
    struct attest_tcg_bank banks[ATTEST_TCGLOG_BANKS_MAX];
    size_t events; /* read so far */
    enum attest_tcglog_rest rest;
    size_t rest_size;       /* bytes */
    struct attest_diag why; /* it is cut */
};

/* Reads as far as the Specification ID event, or finds that there is none. ATTEST_TRUNCATED, ATTEST_MALFORMED
 * or ATTEST_UNSUPPORTED for what is not such a log at all. */
enum attest_error attest_tcglog_open(struct attest_view input, struct attest_tcglog *ret_log,
                                     struct attest_diag *diag) attest_must_check;

/* The next event; false where there is none, and then log->rest says what follows instead. */
bool attest_tcglog_next(struct attest_tcglog *log, struct attest_tcg_event *ret_event);

/* After the last event: ATTEST_OK where the log ended there (padding is not part of it), ATTEST_TRAILING or
 * ATTEST_TRUNCATED with the offset otherwise. */
enum attest_error attest_tcglog_end(const struct attest_tcglog *log, struct attest_diag *diag)
    attest_must_check;

#endif
