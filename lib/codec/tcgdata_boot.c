/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What did boot loaders, the kernel and firmware's own code say in their events? Trusts nothing. Forms: PFP
 * §10.4.1 and §10.2.8 (tagged events); what GRUB, shim, systemd and Linux write is as they write it.
 */
#include "codec/tcgdata_parts.h"

#include "base/reader.h"
#include "codec/eventtext.h"
#include "codec/guid.h"

#include <inttypes.h>

#define TAGS_MAX  4  /* that are shown of an event */
#define INNER_MAX 64 /* and of each of them */

/* EV_SEPARATOR: four bytes; 1 is the number of an error (PFP §10.4.1). Windows puts letters there. */
bool tcgdata_separator(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    uint32_t value = attest_reader_le32(&reader);

    if (attest_reader_end(&reader, NULL) != ATTEST_OK)
        return false;
    attest_json_write_format(json, "value", "0x%08" PRIx32, value);
    if (value == 0 || value == UINT32_MAX)
        attest_json_write_text(json, "meaning", "normal");
    else if (value == 1)
        attest_json_write_text(json, "meaning", "error");
    else
        attest_eventtext_write(json, "text", data);
    return true;
}

/* EV_S_CRTM_VERSION: text of UCS-2, which may be empty, or a GUID. */
bool tcgdata_version(struct attest_json_writer *json, struct attest_view data)
{
    if (attest_eventtext_write(json, "version", data))
        return true;
    if (data.size == ATTEST_GUID_SIZE)
        tcgdata_write_guid(json, "version", data);
    else if (data.size == 2 && data.data[0] == 0 && data.data[1] == 0)
        attest_json_write_text(json, "version", "");
    else
        return false;
    return true;
}

/* Linux: include/linux/efi.h has the first two; systemd: src/fundamental/tpm2-pcr.h. */
static const struct {
    uint32_t id;
    const char *name;
} tags[] = {
    { 0x8f3b22ec, "Linux initrd" },
    { 0x8f3b22ed, "Linux load options" },
    { 0xf5bc582a, "systemd-boot loader.conf" },
    { 0x6c46f751, "systemd-stub devicetree addon" },
    { 0x49dffe0f, "systemd-stub initrd addon" },
    { 0xdac08e1a, "systemd-stub microcode addon" },
    { 0x13aed6db, "systemd-stub profile" },
};

/* TCG_PCClientTaggedEvent */
static struct attest_view take_tag(struct attest_reader *reader, uint32_t *ret_id)
{
    *ret_id = attest_reader_le32(reader);
    size_t size = attest_reader_le32(reader);
    return attest_reader_take(reader, size);
}

/* Whether all of `data` is tags, and how many. */
static bool count_tags(struct attest_view data, size_t *ret_count)
{
    struct attest_reader reader = attest_reader_init(data);
    uint32_t id;

    for (*ret_count = 0; attest_reader_left(&reader) > 0; ++*ret_count)
        take_tag(&reader, &id);
    return *ret_count > 0 && !reader.failed;
}

static void write_tag_head(struct attest_json_writer *json, uint32_t id)
{
    attest_json_write_format(json, "id", "0x%08" PRIx32, id);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (tags[i].id == id)
            attest_json_write_text(json, "name", tags[i].name);
}

/* Windows puts tags into its tags; one level of that is shown, without what is in them. */
static void write_inner_tags(struct attest_json_writer *json, struct attest_view data, size_t count)
{
    struct attest_reader reader = attest_reader_init(data);
    uint32_t id;

    attest_json_write_unsigned(json, "tag_count", count);
    attest_json_open(json, "tags", '[');
    for (size_t i = 0; i < count && i < INNER_MAX; i++) {
        struct attest_view inner = take_tag(&reader, &id);
        attest_json_open(json, NULL, '{');
        write_tag_head(json, id);
        attest_json_write_unsigned(json, "size", inner.size);
        attest_json_close(json, '}');
    }
    attest_json_close(json, ']');
}

static void write_tag(struct attest_json_writer *json, uint32_t id, struct attest_view data)
{
    size_t inner;

    attest_json_open(json, NULL, '{');
    write_tag_head(json, id);
    if (!tcgdata_text(json, data)) {
        if (count_tags(data, &inner))
            write_inner_tags(json, data, inner);
        else
            tcgdata_hex(json, data);
    }
    attest_json_close(json, '}');
}

bool tcgdata_tags(struct attest_json_writer *json, struct attest_view data)
{
    struct attest_reader reader = attest_reader_init(data);
    size_t count;
    uint32_t id;

    if (!count_tags(data, &count))
        return false;
    attest_json_write_unsigned(json, "tag_count", count);
    attest_json_open(json, "tags", '[');
    for (size_t i = 0; i < count && i < TAGS_MAX; i++) {
        struct attest_view tag = take_tag(&reader, &id);
        write_tag(json, id, tag);
    }
    attest_json_close(json, ']');
    return true;
}

/* EV_IPL is whatever the boot loader likes: how those begin that are known. */
static const struct {
    const char *prefix;
    const char *by;
} loaders[] = {
    { "grub_cmd: ", "GRUB command" },
    { "grub_cmd ", "GRUB command" },
    { "kernel_cmdline: ", "GRUB kernel command line" },
    { "grub_kernel_cmdline ", "GRUB kernel command line" },
    { "module_cmdline: ", "GRUB module command line" },
    { "grub_module_cmdline ", "GRUB module command line" },
    { "MokList", "shim variable" },
};

static bool begins_with(struct attest_view data, const char *prefix)
{
    struct attest_view head = attest_view_text(prefix);

    return data.size >= head.size && attest_view_equal((struct attest_view){ data.data, head.size }, head);
}

bool tcgdata_ipl(struct attest_json_writer *json, struct attest_view data)
{
    if (!tcgdata_text(json, data))
        return false;
    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++)
        if (begins_with(data, loaders[i].prefix)) {
            attest_json_write_text(json, "what", loaders[i].by);
            break;
        }
    return true;
}
