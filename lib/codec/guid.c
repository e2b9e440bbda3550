/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which GUID is it (UEFI 2.10 appendix A), and has it a name? Compared as text: the table is read more often by
 * people than by programs.
 */
#include "codec/guid.h"

#include "base/reader.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    const char *name;
} known_guids[] = {
#define X(constant, text, name) [ATTEST_GUID_##constant] = { text, name },
    ATTEST_GUID_TABLE(X)
#undef X
};

void attest_guid_format(struct attest_view guid, char ret_text[ATTEST_GUID_TEXT_SIZE])
{
    struct attest_reader reader = attest_reader_init(guid);

    ret_text[0] = '\0';
    if (guid.size != ATTEST_GUID_SIZE)
        return;
    uint32_t first = attest_reader_le32(&reader);
    unsigned second = attest_reader_le16(&reader), third = attest_reader_le16(&reader);
    unsigned fourth = attest_reader_u16(&reader), fifth = attest_reader_u16(&reader);
    snprintf(ret_text, ATTEST_GUID_TEXT_SIZE, "%08x-%04x-%04x-%04x-%04x%08x", first, second, third, fourth,
             fifth, attest_reader_u32(&reader));
}

bool attest_guid_is(struct attest_view guid, enum attest_guid known)
{
    char text[ATTEST_GUID_TEXT_SIZE];

    attest_guid_format(guid, text);
    return strcmp(text, known_guids[known].text) == 0;
}

const char *attest_guid_name(struct attest_view guid)
{
    char text[ATTEST_GUID_TEXT_SIZE];

    attest_guid_format(guid, text);
    for (size_t i = 0; i < sizeof known_guids / sizeof known_guids[0]; i++)
        if (strcmp(text, known_guids[i].text) == 0)
            return known_guids[i].name;
    return NULL;
}
