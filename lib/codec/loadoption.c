/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would the firmware start (UEFI 2.10 §3.1.3)? Trusts nothing: the description may not end.
 */
#include "codec/loadoption.h"

#include "base/error.h"
#include "base/reader.h"

/* Up to the NUL, which is passed over. Fails the reader where there is none. */
static struct attest_view take_description(struct attest_reader *reader)
{
    struct attest_reader ahead = *reader;
    size_t size = 0;

    while (attest_reader_le16(&ahead) != 0)
        size += 2;
    struct attest_view description = attest_reader_take(reader, size);
    attest_reader_le16(reader);
    return description;
}

enum attest_error attest_loadoption_parse(struct attest_view wire, struct attest_loadoption *ret_option,
                                          struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct attest_loadoption option = { .attributes = attest_reader_le32(&reader) };
    size_t paths_size = attest_reader_le16(&reader);

    option.description = take_description(&reader);
    option.device_paths = attest_reader_take(&reader, paths_size);
    option.optional = attest_reader_take(&reader, attest_reader_left(&reader));
    attest_try(attest_reader_end(&reader, diag));
    *ret_option = option;
    return ATTEST_OK;
}
