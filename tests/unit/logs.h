/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event logs and the PCR values that a TPM has after them, made with OpenSSL and memcpy: nothing of the code
 * under test is used, so that log and replay can't be wrong together.
 *
 *     struct log log;
 *     log_begin(&log, "sha1 sha256");              "" is the older form, SHA-1 alone
 *     log_event(&log, 4, ATTEST_EV_ACTION, data);  logs and extends
 *     log_pcrs(&log, "sha256", 0x10, json);        what to compare with
 */
#ifndef TESTS_UNIT_LOGS_H
#define TESTS_UNIT_LOGS_H

#include "attest/view.h"
#include "codec/tcglog.h"

#define LOG_BANKS_MAX 6
#define LOG_MAX       ((size_t)256 << 10)
#define LOG_EVENTS    64

struct log_bank {
    const char *name;
    uint16_t alg;
    uint16_t size;
};

struct log {
    uint8_t *data; /* LOG_MAX bytes */
    size_t size;
    bool legacy;
    size_t bank_count;
    const struct log_bank *banks[LOG_BANKS_MAX];
    uint8_t pcrs[LOG_BANKS_MAX][24][64]; /* as the banks are ordered */
    size_t events;
    size_t offsets[LOG_EVENTS + 1]; /* of each event, and of the end */
};

struct attest_view log_view(const struct log *log);

/* With the head, of the banks' names with blanks between: sha1, sha256, sha384, sha512, sm3 and none (0xffff).
 */
void log_begin(struct log *log, const char *banks);
void log_done(struct log *log);

/* A digest by OpenSSL; returns its size. */
size_t log_digest(const char *name, struct attest_view data, uint8_t ret_digest[64]);

/* Extends the TPM alone, by the digests of `measured`. */
void log_extend(struct log *log, unsigned pcr, struct attest_view measured);

/* Writes the event alone: an account of what may not have happened. `only`: a single bank's digest; NULL for
 * all. */
void log_write(struct log *log, uint32_t pcr, uint32_t type, struct attest_view measured,
               struct attest_view data, const char *only);

/* Both; and with other data in the log than what was measured. */
void log_event(struct log *log, uint32_t pcr, uint32_t type, struct attest_view data);
void log_event_of(struct log *log, uint32_t pcr, uint32_t type, struct attest_view measured,
                  struct attest_view data);

/* Raw bytes and little-endian numbers. */
void log_bytes(struct log *log, struct attest_view view);
void log_u8(struct log *log, uint8_t value);
void log_u16(struct log *log, uint16_t value);
void log_u32(struct log *log, uint32_t value);

/* UEFI_VARIABLE_DATA into `ret`, whose size is returned. `security`: under the image security database's GUID.
 */
size_t log_variable(uint8_t ret[512], bool security, const char *name, struct attest_view value);

/* {"bank":..,"pcrs":{..}} of what the TPM has now; `ret_json` has room for 4096 bytes. */
void log_pcrs(const struct log *log, const char *bank, uint32_t mask, char *ret_json);
const uint8_t *log_pcr(const struct log *log, const char *bank, unsigned index);

/* A start as firmware makes it: CRTM, Secure Boot's variables, separators, a loader, the end of boot services.
 */
void log_boot(struct log *log, const char *banks, bool secure_boot);

#endif
