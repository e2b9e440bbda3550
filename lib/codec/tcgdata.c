/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does an event say about itself (PFP §10.4.1)? Trusts nothing, and judges nothing: the type says which
 * forms the data may have, the first that fits is shown, and what fits none is shown as it is.
 */
#include "codec/tcgdata.h"

#include "base/cleanup.h"
#include "codec/devicepath.h"
#include "codec/eventtext.h"
#include "codec/guid.h"
#include "codec/tcgdata_parts.h"
#include "codec/utf16.h"

#include <stdio.h>

#define DEVICE_PATH_MAX ((size_t)8 << 10) /* of its text */
#define NAME_MAX_SIZE   512               /* bytes of UTF-16 that are shown */

#define FORMS_MAX       4

/* Types that have none are of no form that is specified, or of the firmware maker's. */
static const struct {
    enum attest_tcg_type type;
    tcgdata_form *forms[FORMS_MAX];
} types[] = {
    { ATTEST_EV_POST_CODE, { tcgdata_text, tcgdata_blob, tcgdata_blob2 } },
    { ATTEST_EV_NO_ACTION, { tcgdata_no_action, tcgdata_tags } }, /* Windows has tags there, too */
    { ATTEST_EV_SEPARATOR, { tcgdata_separator } },
    { ATTEST_EV_ACTION, { tcgdata_text } },
    { ATTEST_EV_EVENT_TAG, { tcgdata_tags } },
    { ATTEST_EV_S_CRTM_CONTENTS, { tcgdata_text, tcgdata_blob, tcgdata_blob2, tcgdata_hex } },
    { ATTEST_EV_S_CRTM_VERSION, { tcgdata_version, tcgdata_hex } },
    { ATTEST_EV_IPL, { tcgdata_ipl, tcgdata_hex } },
    { ATTEST_EV_OMIT_BOOT_DEVICE_EVENTS, { tcgdata_text } },
    { ATTEST_EV_POST_CODE2, { tcgdata_blob2, tcgdata_text } },
    { ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG, { tcgdata_variable } },
    { ATTEST_EV_EFI_VARIABLE_BOOT, { tcgdata_variable } },
    { ATTEST_EV_EFI_VARIABLE_BOOT2, { tcgdata_variable } },
    { ATTEST_EV_EFI_VARIABLE_AUTHORITY, { tcgdata_authority } },
    { ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, { tcgdata_image } },
    { ATTEST_EV_EFI_BOOT_SERVICES_DRIVER, { tcgdata_image } },
    { ATTEST_EV_EFI_RUNTIME_SERVICES_DRIVER, { tcgdata_image } },
    { ATTEST_EV_EFI_GPT_EVENT, { tcgdata_gpt } },
    { ATTEST_EV_EFI_GPT_EVENT2, { tcgdata_gpt } },
    { ATTEST_EV_EFI_ACTION, { tcgdata_text } },
    { ATTEST_EV_EFI_PLATFORM_FIRMWARE_BLOB, { tcgdata_blob } },
    { ATTEST_EV_EFI_PLATFORM_FIRMWARE_BLOB2, { tcgdata_blob2 } },
    { ATTEST_EV_EFI_HANDOFF_TABLES, { tcgdata_handoff } },
    { ATTEST_EV_EFI_HANDOFF_TABLES2, { tcgdata_handoff2 } },
    { ATTEST_EV_EFI_HCRTM_EVENT, { tcgdata_text } },
};

static tcgdata_form *const any_form[FORMS_MAX] = { tcgdata_text, tcgdata_hex };

bool tcgdata_text(struct attest_json_writer *json, struct attest_view data)
{
    return attest_eventtext_write(json, "text", data);
}

bool tcgdata_hex(struct attest_json_writer *json, struct attest_view data)
{
    bool cut = data.size > TCGDATA_HEX_MAX;

    attest_json_write_hex(json, "hex", (struct attest_view){ data.data, cut ? TCGDATA_HEX_MAX : data.size });
    attest_json_write_unsigned(json, "size", data.size);
    return true;
}

/* And its name, where it has one, as another member. */
void tcgdata_write_guid(struct attest_json_writer *json, const char *name, struct attest_view guid)
{
    char text[ATTEST_GUID_TEXT_SIZE], member[32];
    const char *known = attest_guid_name(guid);

    attest_guid_format(guid, text);
    attest_json_write_text(json, name, text);
    if (!known)
        return;
    snprintf(member, sizeof member, "%s_name", name);
    attest_json_write_text(json, member, known);
}

void tcgdata_write_utf16(struct attest_json_writer *json, const char *name, struct attest_view text)
{
    _cleanup_(attest_bytes_done) struct attest_bytes utf8 = attest_bytes_init(2 * NAME_MAX_SIZE);
    bool cut = text.size > NAME_MAX_SIZE;

    attest_utf16_append(&utf8, (struct attest_view){ text.data, cut ? NAME_MAX_SIZE : text.size });
    if (cut)
        attest_bytes_append_text(&utf8, "...");
    if (attest_bytes_check(&utf8) != ATTEST_OK)
        json->out->error = utf8.error; /* no memory: nothing is left out unseen */
    attest_json_write_text_view(json, name, attest_bytes_view(&utf8));
}

void tcgdata_write_device_path(struct attest_json_writer *json, struct attest_view path)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(DEVICE_PATH_MAX);

    if (attest_devicepath_format(path, &text, NULL) == ATTEST_OK) {
        attest_json_write_text_view(json, "device_path", attest_bytes_view(&text));
        return;
    }
    attest_json_open(json, "device_path_unread", '{');
    tcgdata_hex(json, path);
    attest_json_close(json, '}');
}

void tcgdata_write_trailing(struct attest_json_writer *json, struct attest_reader *reader)
{
    struct attest_view trailing = attest_reader_take(reader, attest_reader_left(reader));

    if (trailing.size == 0)
        return;
    attest_json_open(json, "trailing", '{');
    tcgdata_hex(json, trailing);
    attest_json_close(json, '}');
}

static tcgdata_form *const *forms_of(uint32_t type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if ((uint32_t)types[i].type == type)
            return types[i].forms;
    return any_form;
}

static void describe(struct attest_json_writer *json, uint32_t type, struct attest_view data)
{
    tcgdata_form *const *forms = forms_of(type);

    for (size_t i = 0; i < FORMS_MAX && forms[i]; i++)
        if (forms[i](json, data))
            return;
    for (size_t i = 0; i < FORMS_MAX && any_form[i]; i++)
        if (any_form[i](json, data))
            break;
    attest_json_write_text(json, "note", "not of the form that an event of this type has");
}

void attest_tcgdata_write(struct attest_json_writer *json, const struct attest_tcg_event *event)
{
    attest_json_open(json, "data", '{');
    describe(json, event->type, event->data);
    attest_json_close(json, '}');
}
