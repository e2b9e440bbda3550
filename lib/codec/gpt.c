/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How was the disk partitioned that was booted from (PFP §10.2.7, UEFI 2.10 §5.3)? Trusts neither the count nor
 * the size of entries: together they must be what follows.
 */
#include "codec/gpt.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/reader.h"
#include "codec/guid.h"

#define ENTRY_MIN 128 /* §5.3.3: 128 times a power of two */
#define NAME_SIZE 72

/* EFI_PARTITION_TABLE_HEADER, §5.3.2: what is not kept are sizes and checksums of the table on the disk. */
static enum attest_error parse_header(struct attest_reader *reader, struct attest_gpt *gpt,
                                      struct attest_diag *diag)
{
    struct attest_view signature = attest_reader_take(reader, 8);

    attest_reader_take(reader, 32); /* revision, size, checksum, reserved; this header's LBA, the other's */
    gpt->first_usable = attest_reader_le64(reader);
    gpt->last_usable = attest_reader_le64(reader);
    gpt->disk = attest_reader_take(reader, ATTEST_GUID_SIZE);
    attest_reader_take(reader, 12); /* LBA and number of the entries on the disk */
    gpt->entry_size = attest_reader_le32(reader);
    attest_reader_take(reader, 4); /* their checksum */
    attest_try(attest_reader_check(reader, diag));
    if (!attest_view_equal(signature, attest_view_text("EFI PART")) || gpt->entry_size < ENTRY_MIN)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "the header of a GPT (EFI PART)");
    return ATTEST_OK;
}

enum attest_error attest_gpt_parse(struct attest_view wire, struct attest_gpt *ret_gpt,
                                   struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct attest_gpt gpt = { 0 };

    attest_try(parse_header(&reader, &gpt, diag));
    uint64_t count = attest_reader_le64(&reader);
    size_t left = attest_reader_left(&reader);
    attest_try(attest_reader_check(&reader, diag));
    if (count > left / gpt.entry_size)
        return attest_fail(diag, ATTEST_TRUNCATED, NULL, "as many partitions as are announced");
    gpt.count = (size_t)count;
    gpt.entries = attest_reader_take(&reader, gpt.count * gpt.entry_size);
    attest_try(attest_reader_end(&reader, diag));
    *ret_gpt = gpt;
    return ATTEST_OK;
}

static struct attest_view without_nuls(struct attest_view name)
{
    while (name.size >= 2 && name.data[name.size - 1] == 0 && name.data[name.size - 2] == 0)
        name.size -= 2;
    return name;
}

bool attest_gpt_entry_at(const struct attest_gpt *gpt, size_t index, struct attest_gpt_entry *ret_entry)
{
    if (index >= gpt->count)
        return false;
    struct attest_reader reader = attest_reader_init(
        (struct attest_view){ gpt->entries.data + index * gpt->entry_size, gpt->entry_size });
    ret_entry->type = attest_reader_take(&reader, ATTEST_GUID_SIZE);
    ret_entry->unique = attest_reader_take(&reader, ATTEST_GUID_SIZE);
    ret_entry->first = attest_reader_le64(&reader);
    ret_entry->last = attest_reader_le64(&reader);
    ret_entry->attributes = attest_reader_le64(&reader);
    ret_entry->name = without_nuls(attest_reader_take(&reader, NAME_SIZE));
    return true;
}
