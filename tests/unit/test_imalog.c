/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries does IMA's list hold, and which fields do templates have, whatever sizes are claimed? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "codec/imalog.h"

#define DIGEST                                                                                                 \
    "sha256:\0"                                                                                                \
    "0123456789abcdef0123456789abcdef"
#define TYPED "ima:" DIGEST

struct field {
    const char *bytes;
    size_t size;
};
#define FIELD(text)                                                                                            \
    {                                                                                                          \
        text, sizeof(text) - 1                                                                                 \
    }

/* u32 size and bytes, for each. */
static struct attest_bytes make_data(const struct field *fields, size_t count)
{
    struct attest_bytes data = attest_bytes_init(1 << 20);

    for (size_t i = 0; i < count; i++) {
        for (int byte = 0; byte < 4; byte++)
            attest_bytes_append_u8(&data, (uint8_t)(fields[i].size >> 8 * byte));
        attest_bytes_append(&data, (struct attest_view){ (const uint8_t *)fields[i].bytes, fields[i].size });
    }
    return data;
}

static void append_entry(struct log *log, uint32_t pcr, const char *template, struct attest_view data)
{
    uint8_t hash[64];

    log_u32(log, pcr);
    log_bytes(log, (struct attest_view){ hash, log_digest("sha1", data, hash) });
    log_u32(log, (uint32_t)strlen(template));
    log_bytes(log, attest_view_text(template));
    log_u32(log, (uint32_t)data.size);
    log_bytes(log, data);
}

static const struct field ng[] = { FIELD(DIGEST), FIELD("/bin/sh\0") };

static void make(struct log *log)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = make_data(ng, COUNT(ng));

    *log = (struct log){ .data = malloc(LOG_MAX) };
    append_entry(log, 10, "ima-ng", attest_bytes_view(&data));
}

static void test_entry(void **state)
{
    struct attest_ima_fields fields;
    struct attest_ima_entry entry;
    struct log log;

    (void)state;
    make(&log);
    struct attest_reader reader = attest_reader_init(log_view(&log));
    assert_ok(attest_imalog_next(&reader, &entry, NULL));
    assert_ok(attest_reader_end(&reader, NULL));
    assert_int_equal(entry.pcr, 10);
    assert_false(entry.violation);
    assert_text(entry.template, "ima-ng");
    assert_ok(attest_imalog_fields(&entry, &fields, NULL));
    assert_text(fields.algorithm, "sha256");
    assert_text(fields.digest, "0123456789abcdef0123456789abcdef");
    assert_text(fields.path, "/bin/sh");
    assert_null(fields.signature.data);
    assert_error(attest_imalog_next(&reader, &entry, NULL), ATTEST_TRUNCATED);
    log_done(&log);
}

static void test_cut(void **state)
{
    struct attest_ima_entry entry = { .pcr = 99 };
    struct log log;

    (void)state;
    make(&log);
    for (size_t size = 0; size < log.size; size++) {
        uint8_t *copy = exact((struct attest_view){ log.data, size });
        struct attest_reader reader = attest_reader_init((struct attest_view){ copy, size });
        assert_error(attest_imalog_next(&reader, &entry, NULL), ATTEST_TRUNCATED);
        assert_int_equal(reader.offset, 0);
        assert_false(reader.failed);
        assert_int_equal(entry.pcr, 99);
        free(copy);
    }
    log_done(&log);
}

static void test_lies(void **state)
{
    static const struct {
        size_t offset;
        uint32_t value;
        enum attest_error error;
    } cases[] = {
        { 0, 23, ATTEST_OK },
        { 0, 24, ATTEST_MALFORMED },
        { 0, 0xffffffff, ATTEST_MALFORMED },
        { 24, 0, ATTEST_TOO_LARGE }, /* the name's size: what follows is another number then */
        { 24, 257, ATTEST_TOO_LARGE },
        { 24, 256, ATTEST_TRUNCATED },
        { 24, 0xffffffff, ATTEST_TOO_LARGE },
        { 34, 1 << 20, ATTEST_TRUNCATED }, /* the data's */
        { 34, (1 << 20) + 1, ATTEST_TOO_LARGE },
        { 34, 0xffffffff, ATTEST_TOO_LARGE },
        { 34, 0, ATTEST_OK },
    };
    struct attest_ima_entry entry;
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_diag diag = { .offset = 12345 };
        make(&log);
        for (size_t byte = 0; byte < 4; byte++)
            log.data[cases[i].offset + byte] = (uint8_t)(cases[i].value >> 8 * byte);
        uint8_t *copy = exact(log_view(&log));
        struct attest_reader reader = attest_reader_init((struct attest_view){ copy, log.size });
        assert_error(attest_imalog_next(&reader, &entry, &diag), cases[i].error);
        free(copy);
        log_done(&log);
    }
}

/* A field's size that lies is found in the fields, and not in the entry. */
static void test_lying_fields(void **state)
{
    static const uint32_t sizes[] = { 0, 1, 39, 41, 200, 0x7fffffff, 0xffffffff };
    struct attest_ima_fields fields;
    struct attest_ima_entry entry;
    struct log log;

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        make(&log);
        for (size_t byte = 0; byte < 4; byte++)
            log.data[38 + byte] = (uint8_t)(sizes[i] >> 8 * byte);
        struct attest_reader reader = attest_reader_init(log_view(&log));
        assert_ok(attest_imalog_next(&reader, &entry, NULL));
        assert_int_not_equal(attest_imalog_fields(&entry, &fields, NULL), ATTEST_OK);
        log_done(&log);
    }
}

static void test_templates(void **state)
{
    static const struct {
        const char *name;
        struct field fields[9];
        size_t count;
        const char *type, *path, *signature, *buffer, *modsig;
    } cases[] = {
        { "ima-ng", { FIELD(DIGEST), FIELD("/a\0") }, 2, "", "/a", "", "", "" },
        { "ima-sig", { FIELD(DIGEST), FIELD("/a\0"), FIELD("\3sig") }, 3, "", "/a", "\3sig", "", "" },
        { "ima-sig", { FIELD(DIGEST), FIELD("/a\0"), FIELD("") }, 3, "", "/a", "", "", "" },
        { "ima-ngv2", { FIELD(TYPED), FIELD("/a\0") }, 2, "ima", "/a", "", "", "" },
        { "ima-sigv2", { FIELD("verity:" DIGEST), FIELD("/a\0"), FIELD("s") }, 3, "verity", "/a", "s", "", "" },
        { "ima-buf",
          { FIELD(DIGEST), FIELD("kexec-cmdline\0"), FIELD("ro") },
          3,
          "",
          "kexec-cmdline",
          "",
          "ro",
          "" },
        { "ima-modsig",
          { FIELD(DIGEST), FIELD("/m\0"), FIELD(""), FIELD(DIGEST), FIELD("p7") },
          5,
          "",
          "/m",
          "",
          "",
          "p7" },
        { "ima-modsig",
          { FIELD(DIGEST), FIELD("/m\0"), FIELD(""), FIELD(""), FIELD("") },
          5,
          "",
          "/m",
          "",
          "",
          "" },
        { "d-ng|n-ng", { FIELD(DIGEST), FIELD("/a\0") }, 2, "", "/a", "", "", "" },
        { "n-ng|d-ngv2|sig", { FIELD("/a\0"), FIELD(TYPED), FIELD("s") }, 3, "ima", "/a", "s", "", "" },
        { "d|n", { FIELD("01234567890123456789"), FIELD("/a\0") }, 2, "", "/a", "", "", "" },
        { "n-ng|what-ever", { FIELD("/a\0"), FIELD("x") }, 2, "", "/a", "", "", "" },
        { "evm-sig",
          { FIELD(DIGEST), FIELD("/a\0"), FIELD("e"), FIELD("n"), FIELD("l"), FIELD("v"), FIELD("u"),
            FIELD("g"), FIELD("m") },
          9,
          "",
          "/a",
          "",
          "",
          "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes data = make_data(cases[i].fields, cases[i].count);
        struct attest_ima_entry entry = { .template = attest_view_text(cases[i].name),
                                          .data = attest_bytes_view(&data) };
        struct attest_ima_fields fields = { 0 };
        assert_ok(attest_imalog_fields(&entry, &fields, NULL));
        assert_text(fields.digest_type, cases[i].type);
        assert_text(fields.path, cases[i].path);
        assert_text(fields.signature, cases[i].signature);
        assert_text(fields.buffer, cases[i].buffer);
        assert_text(fields.modsig, cases[i].modsig);
        for (size_t size = 0; size < data.size; size++) {
            struct attest_view all = entry.data;
            entry.data.size = size;
            assert_int_not_equal(attest_imalog_fields(&entry, &fields, NULL), ATTEST_OK);
            entry.data = all;
        }
        attest_bytes_append_u8(&data, 0);
        entry.data = attest_bytes_view(&data);
        assert_error(attest_imalog_fields(&entry, &fields, NULL), ATTEST_TRAILING);
    }
}

static void test_fields_refused(void **state)
{
    static const struct {
        const char *name;
        struct field digest;
        enum attest_error error;
    } cases[] = {
        { "ima-xy", FIELD(DIGEST), ATTEST_UNSUPPORTED },
        { "imax", FIELD(DIGEST), ATTEST_UNSUPPORTED },
        { "d-ng", FIELD(DIGEST), ATTEST_UNSUPPORTED },
        { "ima-ng",
          FIELD("sha256\0"
                "0123"),
          ATTEST_MALFORMED },
        { "ima-ng", FIELD("sha256:0123"), ATTEST_MALFORMED },
        { "ima-ng", FIELD("sha256:"), ATTEST_MALFORMED },
        { "ima-ng", FIELD(""), ATTEST_MALFORMED },
        { "ima-ngv2", FIELD(DIGEST), ATTEST_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct field parts[] = { cases[i].digest, FIELD("/a\0") };
        _cleanup_(attest_bytes_done) struct attest_bytes data = make_data(parts, COUNT(parts));
        struct attest_ima_entry entry = { .template = attest_view_text(cases[i].name),
                                          .data = attest_bytes_view(&data) };
        struct attest_ima_fields fields = { .path = attest_view_text("untouched") };
        assert_error(attest_imalog_fields(&entry, &fields, NULL), cases[i].error);
        assert_text(fields.path, "untouched");
    }
}

/* "ima": SHA-1 over 20 bytes and the name, padded to 256. By /usr/bin/python3:
 * hashlib.sha1(bytes(range(20)) + b"/init".ljust(256, b"\0")).hexdigest() */
#define OLD_HASH "abea286ab50dbfb01c67e994d4afdd8f7b27aaaa"

static void test_old(void **state)
{
    static const uint8_t file[20] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };
    static const size_t names[] = { 0, 5, 255 };
    char name[256];

    (void)state;
    memset(name, 'n', sizeof name);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct log log = { .data = malloc(LOG_MAX) };
        struct attest_view parts[ATTEST_IMALOG_PARTS_MAX];
        struct attest_ima_fields fields;
        struct attest_ima_entry entry;
        size_t total = 0;
        log_u32(&log, 10);
        log_bytes(&log, attest_view_of(file)); /* whatever hash */
        log_u32(&log, 3);
        log_bytes(&log, attest_view_text("ima"));
        log_bytes(&log, attest_view_of(file));
        log_u32(&log, (uint32_t)names[i]);
        log_bytes(&log, (struct attest_view){ (const uint8_t *)(names[i] == 5 ? "/init" : name), names[i] });
        for (size_t size = 0; size < log.size; size++) {
            struct attest_reader cut = attest_reader_init((struct attest_view){ log.data, size });
            assert_error(attest_imalog_next(&cut, &entry, NULL), ATTEST_TRUNCATED);
        }
        struct attest_reader reader = attest_reader_init(log_view(&log));
        assert_ok(attest_imalog_next(&reader, &entry, NULL));
        assert_ok(attest_reader_end(&reader, NULL));
        assert_ok(attest_imalog_fields(&entry, &fields, NULL));
        assert_text(fields.algorithm, "sha1");
        assert_view(fields.digest, attest_view_of(file));
        assert_int_equal(fields.path.size, names[i]);
        size_t count = attest_imalog_hashed(&entry, parts);
        uint8_t all[276], hash[64];
        for (size_t n = 0; n < count; n++) {
            assert_true(total + parts[n].size <= sizeof all);
            if (parts[n].size > 0)
                memcpy(all + total, parts[n].data, parts[n].size);
            total += parts[n].size;
        }
        assert_int_equal(total, 276);
        size_t size = log_digest("sha1", attest_view_of(all), hash);
        if (names[i] == 5)
            assert_hex((struct attest_view){ hash, size }, OLD_HASH);
        log_done(&log);
    }
}

/* The name has 255 bytes at most: its place in the hash has no more. */
static void test_old_name_too_long(void **state)
{
    struct log log = { .data = malloc(LOG_MAX) };
    struct attest_ima_entry entry;

    (void)state;
    log_u32(&log, 10);
    log_bytes(&log, attest_view_text("01234567890123456789"));
    log_u32(&log, 3);
    log_bytes(&log, attest_view_text("ima"));
    log_bytes(&log, attest_view_text("01234567890123456789"));
    log_u32(&log, 256);
    for (size_t i = 0; i < 256; i++)
        log_u8(&log, 'n');
    struct attest_reader reader = attest_reader_init(log_view(&log));
    assert_error(attest_imalog_next(&reader, &entry, NULL), ATTEST_TOO_LARGE);
    log_done(&log);
}

static void test_violation(void **state)
{
    struct attest_ima_entry entry;
    struct log log;

    (void)state;
    make(&log);
    memset(log.data + 4, 0, 20);
    struct attest_reader reader = attest_reader_init(log_view(&log));
    assert_ok(attest_imalog_next(&reader, &entry, NULL));
    assert_true(entry.violation);
    log.data[23] = 1;
    reader = attest_reader_init(log_view(&log));
    assert_ok(attest_imalog_next(&reader, &entry, NULL));
    assert_false(entry.violation);
    log_done(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),     cmocka_unit_test(test_cut),
        cmocka_unit_test(test_lies),      cmocka_unit_test(test_lying_fields),
        cmocka_unit_test(test_templates), cmocka_unit_test(test_fields_refused),
        cmocka_unit_test(test_old),       cmocka_unit_test(test_old_name_too_long),
        cmocka_unit_test(test_violation),
    };
    return cmocka_run_group_tests_name("imalog", tests, NULL, NULL);
}
