/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the text of a configuration value mean? Nothing is guessed: a value that is not wholly understood
 * is an error that says what was expected.
 */
#include "daemon/config_value.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/reader.h"
#include "codec/pcrs.h"
#include "daemon/access.h"
#include "tpm/ak.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum attest_error config_value_NUMBER(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                      struct attest_diag *diag)
{
    uint64_t value;

    if (attest_decode_decimal(text, most, &value, NULL) != ATTEST_OK || value < least)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a number from %ju to %ju", (uintmax_t)least,
                           (uintmax_t)most);
    *(unsigned *)field = (unsigned)value;
    return ATTEST_OK;
}

/* Strips `suffix` from the end of the text, if it is there. */
static bool strip(struct attest_view *text, const char *suffix)
{
    size_t size = strlen(suffix);

    if (text->size <= size || memcmp(text->data + text->size - size, suffix, size) != 0)
        return false;
    text->size -= size;
    return true;
}

enum attest_error config_value_DURATION(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                        struct attest_diag *diag)
{
    static const struct {
        const char *suffix;
        uint64_t milliseconds;
    } units[] = { { "ms", 1 }, { "min", 60000 }, { "s", 1000 } };
    uint64_t value, unit = 1000;

    for (size_t i = 0; i < COUNT(units); i++)
        if (strip(&text, units[i].suffix)) {
            unit = units[i].milliseconds;
            break;
        }
    if (attest_decode_decimal(text, most / unit, &value, NULL) != ATTEST_OK || value * unit < least)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a time from %jums to %jus, as 500ms, 5s or 2min",
                           (uintmax_t)least, (uintmax_t)most / 1000);
    *(unsigned *)field = (unsigned)(value * unit);
    return ATTEST_OK;
}

enum attest_error config_value_TEXT(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                    struct attest_diag *diag)
{
    if (text.size < least || text.size > most)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a text of %ju to %ju bytes", (uintmax_t)least,
                           (uintmax_t)most);
    char *copy = strndup((const char *)text.data, text.size);
    if (!copy)
        return ATTEST_MEMORY;
    free(*(char **)field);
    *(char **)field = copy;
    return ATTEST_OK;
}

enum attest_error config_value_HANDLE(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(4);
    struct attest_reader reader = attest_reader_init(text);

    struct attest_view prefix = attest_reader_take(&reader, 2);
    struct attest_view digits = attest_reader_take(&reader, attest_reader_left(&reader));
    uint64_t value = 0;
    if (attest_view_equal(prefix, attest_view_text("0x")) && digits.size == 8 &&
        attest_decode_hex(digits, 4, &data, NULL) == ATTEST_OK) {
        struct attest_reader number = attest_reader_init(attest_bytes_view(&data));
        value = attest_reader_u32(&number);
    }
    if (value < least || value > most)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a handle from 0x%08jx to 0x%08jx", (uintmax_t)least,
                           (uintmax_t)most);
    *(unsigned *)field = (unsigned)value;
    return ATTEST_OK;
}

enum attest_error config_value_AK_ALGORITHM(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                            struct attest_diag *diag)
{
    static const char *const names[] = {
        [ATTEST_TPM_AK_ECDSA_P256] = "ecdsa-p256",
        [ATTEST_TPM_AK_ECDSA_P384] = "ecdsa-p384",
        [ATTEST_TPM_AK_RSASSA_2048] = "rsassa-2048",
    };

    (void)least, (void)most;
    for (size_t i = 0; i < COUNT(names); i++)
        if (attest_view_equal(text, attest_view_text(names[i]))) {
            *(enum attest_tpm_ak_algorithm *)field = (enum attest_tpm_ak_algorithm)i;
            return ATTEST_OK;
        }
    return attest_fail(diag, ATTEST_MALFORMED, NULL, "ecdsa-p256, ecdsa-p384 or rsassa-2048");
}

enum attest_error config_value_BANK(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                    struct attest_diag *diag)
{
    enum attest_hash bank = attest_hash_find(text);

    (void)least, (void)most;
    if (bank == ATTEST_HASH_NONE)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "sha1, sha256, sha384 or sha512");
    *(enum attest_hash *)field = bank;
    return ATTEST_OK;
}

enum attest_error config_value_SELECTION(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                         struct attest_diag *diag)
{
    (void)least, (void)most;
    return attest_pcrs_parse_selection(text, field, diag);
}

enum attest_error config_value_ACCESS(struct attest_view text, void *field, uint64_t least, uint64_t most,
                                      struct attest_diag *diag)
{
    (void)least, (void)most;
    return access_parse(text, field, diag);
}
