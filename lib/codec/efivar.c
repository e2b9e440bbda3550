/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which variable, and what was in it (PFP §10.2.6)? Trusts nothing: a name's length counts UTF-16 units and may
 * claim to be longer than memory.
 */
#include "codec/efivar.h"

#include "base/bytes.h"
#include "base/error.h"
#include "codec/guid.h"

/* `size` bytes that the structure announces; more than there are fails the reader, whatever the width of
 * size_t. */
static struct attest_view take(struct attest_reader *reader, uint64_t size)
{
    if (size > attest_reader_left(reader))
        reader->failed = true;
    return attest_reader_take(reader, (size_t)size);
}

struct attest_efivar attest_efivar_take(struct attest_reader *reader)
{
    struct attest_efivar variable = { .vendor = attest_reader_take(reader, ATTEST_GUID_SIZE) };
    uint64_t units = attest_reader_le64(reader);
    uint64_t size = attest_reader_le64(reader);

    variable.name = take(reader, units > UINT64_MAX / 2 ? UINT64_MAX : 2 * units);
    variable.data = take(reader, size);
    return variable;
}

enum attest_error attest_efivar_parse(struct attest_view wire, struct attest_efivar *ret_variable,
                                      struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct attest_efivar variable = attest_efivar_take(&reader);

    attest_try(attest_reader_end(&reader, diag));
    *ret_variable = variable;
    return ATTEST_OK;
}

/* UTF-16LE of an ASCII name is the name with a zero behind each letter. */
static bool has_name(const struct attest_efivar *variable, const char *name)
{
    struct attest_view ascii = attest_view_text(name);

    if (variable->name.size != 2 * ascii.size)
        return false;
    for (size_t i = 0; i < ascii.size; i++)
        if (variable->name.data[2 * i] != ascii.data[i] || variable->name.data[2 * i + 1] != 0)
            return false;
    return true;
}

bool attest_efivar_is_global(const struct attest_efivar *variable, const char *name)
{
    return has_name(variable, name) && attest_guid_is(variable->vendor, ATTEST_GUID_GLOBAL_VARIABLE);
}

bool attest_efivar_is_security(const struct attest_efivar *variable, const char *name)
{
    return has_name(variable, name) && attest_guid_is(variable->vendor, ATTEST_GUID_IMAGE_SECURITY_DATABASE);
}
