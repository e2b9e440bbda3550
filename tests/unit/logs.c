/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes does a TPM's owner write, and which values does the TPM have then? */
#include "tests/unit/logs.h"

#include "tests/unit/unit.h"

#include <openssl/evp.h>

static const struct log_bank banks_known[] = {
    { "sha1", 0x0004, 20 },   { "sha256", 0x000b, 32 }, { "sha384", 0x000c, 48 },
    { "sha512", 0x000d, 64 }, { "sm3", 0x0012, 32 },    { "none", 0xffff, 7 },
};

struct attest_view log_view(const struct log *log)
{
    return (struct attest_view){ log->data, log->size };
}

void log_bytes(struct log *log, struct attest_view view)
{
    assert_true(view.size <= LOG_MAX - log->size);
    if (view.size > 0)
        memcpy(log->data + log->size, view.data, view.size);
    log->size += view.size;
}

void log_u8(struct log *log, uint8_t value)
{
    log_bytes(log, (struct attest_view){ &value, 1 });
}

void log_u16(struct log *log, uint16_t value)
{
    log_u8(log, (uint8_t)value);
    log_u8(log, (uint8_t)(value >> 8));
}

void log_u32(struct log *log, uint32_t value)
{
    log_u16(log, (uint16_t)value);
    log_u16(log, (uint16_t)(value >> 16));
}

/* Where the next event begins. */
static void note_offset(struct log *log)
{
    assert_true(log->events < LOG_EVENTS);
    log->offsets[log->events] = log->size;
}

static void write_head(struct log *log)
{
    static const uint8_t zeros[20];

    note_offset(log);
    log_u32(log, 0);
    log_u32(log, ATTEST_EV_NO_ACTION);
    log_bytes(log, attest_view_of(zeros));
    log_u32(log, (uint32_t)(16 + 8 + 4 + 4 * log->bank_count + 1));
    log_bytes(log, (struct attest_view){ (const uint8_t *)"Spec ID Event03", 16 });
    log_u32(log, 0);
    log_bytes(log, (struct attest_view){ (const uint8_t *)"\0\2\0\2", 4 });
    log_u32(log, (uint32_t)log->bank_count);
    for (size_t i = 0; i < log->bank_count; i++) {
        log_u16(log, log->banks[i]->alg);
        log_u16(log, log->banks[i]->size);
    }
    log_u8(log, 0);
    log->events++;
    log->offsets[log->events] = log->size;
}

static void add_bank(struct log *log, struct attest_view name)
{
    for (size_t i = 0; i < COUNT(banks_known); i++)
        if (name.size == strlen(banks_known[i].name) && memcmp(name.data, banks_known[i].name, name.size) == 0)
            log->banks[log->bank_count++] = &banks_known[i];
}

void log_begin(struct log *log, const char *banks)
{
    *log = (struct log){ .data = malloc(LOG_MAX), .legacy = !*banks };
    assert_non_null(log->data);
    for (const char *at = banks; *at; at += strcspn(at, " "), at += strspn(at, " "))
        add_bank(log, (struct attest_view){ (const uint8_t *)at, strcspn(at, " ") });
    if (log->legacy)
        log->banks[log->bank_count++] = &banks_known[0];
    else
        write_head(log);
    for (size_t bank = 0; bank < log->bank_count; bank++)
        for (size_t i = 17; i <= 22; i++)
            memset(log->pcrs[bank][i], 0xff, sizeof log->pcrs[bank][i]);
}

void log_done(struct log *log)
{
    free(log->data);
}

size_t log_digest(const char *name, struct attest_view data, uint8_t ret_digest[64])
{
    uint8_t digest[EVP_MAX_MD_SIZE] = { 0x5a };
    unsigned size = 0;

    if (strcmp(name, "none") == 0) {
        memcpy(ret_digest, "nothing", 7);
        return 7;
    }
    assert_int_equal(EVP_Digest(data.data, data.size, digest, &size, EVP_get_digestbyname(name), NULL), 1);
    memcpy(ret_digest, digest, size);
    return size;
}

void log_extend(struct log *log, unsigned pcr, struct attest_view measured)
{
    for (size_t i = 0; i < log->bank_count; i++) {
        uint8_t both[128];
        size_t size = log->banks[i]->size;
        memcpy(both, log->pcrs[i][pcr], size);
        log_digest(log->banks[i]->name, measured, both + size);
        log_digest(log->banks[i]->name, (struct attest_view){ both, 2 * size }, log->pcrs[i][pcr]);
    }
}

static void write_digests(struct log *log, struct attest_view measured, const char *only)
{
    log_u32(log, only ? 1 : (uint32_t)log->bank_count);
    for (size_t i = 0; i < log->bank_count; i++) {
        uint8_t digest[64];
        if (only && strcmp(only, log->banks[i]->name) != 0)
            continue;
        log_u16(log, log->banks[i]->alg);
        log_digest(log->banks[i]->name, measured, digest);
        log_bytes(log, (struct attest_view){ digest, log->banks[i]->size });
    }
}

void log_write(struct log *log, uint32_t pcr, uint32_t type, struct attest_view measured,
               struct attest_view data, const char *only)
{
    uint8_t digest[64];

    note_offset(log);
    log_u32(log, pcr);
    log_u32(log, type);
    if (log->legacy)
        log_bytes(log, (struct attest_view){ digest, log_digest("sha1", measured, digest) });
    else
        write_digests(log, measured, only);
    log_u32(log, (uint32_t)data.size);
    log_bytes(log, data);
    log->events++;
    log->offsets[log->events] = log->size;
}

void log_event_of(struct log *log, uint32_t pcr, uint32_t type, struct attest_view measured,
                  struct attest_view data)
{
    log_write(log, pcr, type, measured, data, NULL);
    if (type != ATTEST_EV_NO_ACTION)
        log_extend(log, pcr, measured);
}

void log_event(struct log *log, uint32_t pcr, uint32_t type, struct attest_view data)
{
    log_event_of(log, pcr, type, data, data);
}

size_t log_variable(uint8_t ret[512], bool security, const char *name, struct attest_view value)
{
    static const uint8_t guids[2][16] = {
        { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c },
        { 0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f },
    };
    size_t length = strlen(name);

    assert_true(32 + 2 * length + value.size <= 512);
    memset(ret, 0, 32 + 2 * length);
    memcpy(ret, guids[security], 16);
    ret[16] = (uint8_t)length;
    ret[24] = (uint8_t)value.size;
    ret[25] = (uint8_t)(value.size >> 8);
    for (size_t i = 0; i < length; i++)
        ret[32 + 2 * i] = (uint8_t)name[i];
    if (value.size > 0)
        memcpy(ret + 32 + 2 * length, value.data, value.size);
    return 32 + 2 * length + value.size;
}

const uint8_t *log_pcr(const struct log *log, const char *bank, unsigned index)
{
    for (size_t i = 0; i < log->bank_count; i++)
        if (strcmp(log->banks[i]->name, bank) == 0)
            return log->pcrs[i][index];
    fail_msg("no bank %s", bank);
    return NULL;
}

void log_pcrs(const struct log *log, const char *bank, uint32_t mask, char *ret_json)
{
    uint8_t unused[64];
    size_t size = log_digest(bank, (struct attest_view){ 0 }, unused);
    char *at = ret_json + sprintf(ret_json, "{\"bank\":\"%s\",\"pcrs\":{", bank);
    const char *comma = "";

    for (unsigned i = 0; i < 24; i++) {
        if (!(mask >> i & 1))
            continue;
        at += sprintf(at, "%s\"%u\":\"", comma, i);
        for (size_t byte = 0; byte < size; byte++)
            at += sprintf(at, "%02x", log_pcr(log, bank, i)[byte]);
        at += sprintf(at, "\"");
        comma = ",";
    }
    sprintf(at, "}}");
}

static void boot_variable(struct log *log, bool security, const char *name, const char *value, size_t size)
{
    uint8_t data[512];
    size_t total = log_variable(data, security, name, (struct attest_view){ (const uint8_t *)value, size });

    log_event(log, 7, ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG, (struct attest_view){ data, total });
}

void log_boot(struct log *log, const char *banks, bool secure_boot)
{
    static const uint8_t zeros[4];

    log_begin(log, banks);
    log_event(log, 0, ATTEST_EV_S_CRTM_VERSION, attest_view_text("v1"));
    log_event_of(log, 0, ATTEST_EV_EFI_PLATFORM_FIRMWARE_BLOB, attest_view_text("firmware"),
                 attest_view_text("0123456789abcdef"));
    boot_variable(log, false, "SecureBoot", secure_boot ? "\1" : "\0", 1);
    boot_variable(log, false, "PK", "pk", 2);
    boot_variable(log, false, "KEK", "kek", 3);
    boot_variable(log, true, "db", "db", 2);
    boot_variable(log, true, "dbx", "", 0);
    for (unsigned pcr = 0; pcr < 8; pcr++)
        log_event(log, pcr, ATTEST_EV_SEPARATOR, attest_view_of(zeros));
    log_event(log, 4, ATTEST_EV_EFI_ACTION, attest_view_text("Calling EFI Application from Boot Option"));
    if (secure_boot)
        log_event(log, 7, ATTEST_EV_EFI_VARIABLE_AUTHORITY, attest_view_text("authority"));
    log_event_of(log, 4, ATTEST_EV_EFI_BOOT_SERVICES_APPLICATION, attest_view_text("loader"),
                 attest_view_text("path"));
    log_event_of(log, 11, ATTEST_EV_IPL, attest_view_text(".linux"), attest_view_text("section"));
    log_event(log, 5, ATTEST_EV_EFI_ACTION, attest_view_text("Exit Boot Services Invocation"));
    log_event(log, 5, ATTEST_EV_EFI_ACTION, attest_view_text("Exit Boot Services Returned with Success"));
}
