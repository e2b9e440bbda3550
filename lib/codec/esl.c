/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which signatures are in these lists (UEFI 2.10 §32.4.1)? Trusts none of the three sizes of a list: they must
 * agree with each other, to the byte, and with the input.
 */
#include "codec/esl.h"

#include "base/error.h"
#include "codec/guid.h"

#define HEAD_SIZE (ATTEST_GUID_SIZE + 3 * sizeof(uint32_t))

struct attest_esl attest_esl_init(struct attest_view input)
{
    return (struct attest_esl){ .lists = attest_reader_init(input) };
}

/* Reads the head of the next list. A list may hold no entries, and still has a size for them. */
static void open_list(struct attest_esl *esl)
{
    esl->type = attest_reader_take(&esl->lists, ATTEST_GUID_SIZE);
    size_t list_size = attest_reader_le32(&esl->lists);
    size_t header_size = attest_reader_le32(&esl->lists);
    esl->entry_size = attest_reader_le32(&esl->lists);
    if (esl->lists.failed)
        return;
    if (esl->entry_size < ATTEST_GUID_SIZE || list_size < HEAD_SIZE || header_size > list_size - HEAD_SIZE ||
        (list_size - HEAD_SIZE - header_size) % esl->entry_size != 0) {
        esl->malformed = true;
        return;
    }
    attest_reader_take(&esl->lists, header_size);
    esl->entries = attest_reader_init(attest_reader_take(&esl->lists, list_size - HEAD_SIZE - header_size));
}

bool attest_esl_next(struct attest_esl *esl, struct attest_esl_entry *ret_entry)
{
    while (attest_reader_left(&esl->entries) == 0) {
        if (esl->malformed || attest_reader_left(&esl->lists) == 0)
            return false;
        open_list(esl);
    }
    struct attest_view wire = attest_reader_take(&esl->entries, esl->entry_size);
    struct attest_reader entry = attest_reader_init(wire);
    ret_entry->type = esl->type;
    ret_entry->wire = wire;
    ret_entry->owner = attest_reader_take(&entry, ATTEST_GUID_SIZE);
    ret_entry->data = attest_reader_take(&entry, attest_reader_left(&entry));
    return true;
}

enum attest_error attest_esl_end(const struct attest_esl *esl, struct attest_diag *diag)
{
    if (esl->malformed) {
        if (diag)
            diag->offset = esl->lists.offset;
        return attest_fail(diag, ATTEST_MALFORMED, NULL,
                           "an EFI_SIGNATURE_LIST whose sizes are those of whole entries");
    }
    return attest_reader_end(&esl->lists, diag);
}
