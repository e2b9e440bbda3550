/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which GUID is it (UEFI 2.10 appendix A), and has it a name?
 */
#include "codec/guid.h"

#include "base/reader.h"

#include <inttypes.h>
#include <stdio.h>

/* As the text has them: eight digits, three times four, twelve. */
struct numbers {
    uint32_t first;
    uint16_t second, third, fourth;
    uint64_t fifth;
};

static const struct {
    struct numbers numbers;
    const char *name;
} known_guids[] = {
#define X(constant, first, second, third, fourth, fifth, name)                                                 \
    [ATTEST_GUID_##constant] = { { first, second, third, fourth, fifth }, name },
    ATTEST_GUID_TABLE(X)
#undef X
};

static struct numbers read_numbers(struct attest_view guid)
{
    struct attest_reader reader = attest_reader_init(guid);
    struct numbers numbers = { .first = attest_reader_le32(&reader) };

    numbers.second = attest_reader_le16(&reader);
    numbers.third = attest_reader_le16(&reader);
    numbers.fourth = attest_reader_u16(&reader);
    numbers.fifth = (uint64_t)attest_reader_u16(&reader) << 32;
    numbers.fifth |= attest_reader_u32(&reader);
    return numbers;
}

void attest_guid_format(struct attest_view guid, char ret_text[ATTEST_GUID_TEXT_SIZE])
{
    struct numbers numbers = read_numbers(guid);

    ret_text[0] = '\0';
    if (guid.size == ATTEST_GUID_SIZE)
        snprintf(ret_text, ATTEST_GUID_TEXT_SIZE, "%08" PRIx32 "-%04x-%04x-%04x-%012" PRIx64, numbers.first,
                 numbers.second, numbers.third, numbers.fourth, numbers.fifth);
}

bool attest_guid_is(struct attest_view guid, enum attest_guid known)
{
    struct numbers a = read_numbers(guid), b = known_guids[known].numbers;

    return guid.size == ATTEST_GUID_SIZE && a.first == b.first && a.second == b.second && a.third == b.third &&
           a.fourth == b.fourth && a.fifth == b.fifth;
}

const char *attest_guid_name(struct attest_view guid)
{
    for (size_t i = 0; i < sizeof known_guids / sizeof known_guids[0]; i++)
        if (attest_guid_is(guid, (enum attest_guid)i))
            return known_guids[i].name;
    return NULL;
}
