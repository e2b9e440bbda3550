/* SPDX-License-Identifier: Apache-2.0 */
/* PCR selections and values, as text and JSON have them. */
#ifndef ATTEST_CODEC_PCRS_H
#define ATTEST_CODEC_PCRS_H

#include "base/bytes.h"
#include "base/hash.h"
#include "codec/json.h"
#include "codec/json_writer.h"

#define ATTEST_PCR_COUNT 24
#define ATTEST_PCR_ALL   ((1u << ATTEST_PCR_COUNT) - 1)

/* Values of one bank; bit n of `mask` says that values[n] is there. */
struct attest_pcrs {
    enum attest_hash bank;
    uint32_t mask;
    uint8_t values[ATTEST_PCR_COUNT][ATTEST_HASH_MAX_SIZE];
};

/* "0-7,11": numbers and ranges, ascending, none twice. ATTEST_MALFORMED. */
enum attest_error attest_pcrs_parse_selection(struct attest_view text, uint32_t *ret_mask,
                                              struct attest_diag *diag) attest_must_check;

/* The same back, into at most `size` bytes; 80 always suffice. */
void attest_pcrs_format_selection(uint32_t mask, char *ret_text, size_t size);

struct attest_view attest_pcrs_value(const struct attest_pcrs *pcrs, unsigned index);

/* The digest with `hash` over those values that `mask` selects, lowest index first: pcrDigest of a quote
 * (TPM 2.0 Part 1 §17.5). ATTEST_USAGE if one of them is not there. */
enum attest_error attest_pcrs_digest(const struct attest_pcrs *pcrs, uint32_t mask, enum attest_hash hash,
                                     uint8_t ret_digest[ATTEST_HASH_MAX_SIZE]) attest_must_check;

/* From and to the members "bank" and "pcrs" of an object; others are not looked at. */
enum attest_error attest_pcrs_parse(const struct attest_json *object, struct attest_pcrs *ret_pcrs,
                                    struct attest_diag *diag) attest_must_check;
/* One value, of the PCR that is called `index` ("4"), added to `pcrs`, whose bank is set; and an object of
 * them. */
enum attest_error attest_pcrs_parse_value(const char *index, const struct attest_json *value,
                                          struct attest_pcrs *pcrs, struct attest_diag *diag) attest_must_check;
enum attest_error attest_pcrs_parse_values(const struct attest_json *values, enum attest_hash bank,
                                           struct attest_pcrs *ret_pcrs, struct attest_diag *diag)
    attest_must_check;
void attest_pcrs_write(struct attest_json_writer *json, const struct attest_pcrs *pcrs);

#endif
