/* SPDX-License-Identifier: Apache-2.0 */
/* Is a record of each kind shown as what it is, within its bounds? What is written is read by json-c here. */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"

#include "evidence/logjson.h"

#include <json-c/json.h>

static struct attest_bytes out;

/* The one record of the log, or its last. */
static json_object *show(enum attest_log kind, struct attest_view log)
{
    _cleanup_(attest_logreader_done) struct attest_logreader reader = attest_logreader_init(kind, log);
    _cleanup_(attest_hasher_cleanup) struct attest_hasher *hasher = NULL;
    const struct attest_log_record *record = NULL;

    assert_ok(attest_hasher_new(&hasher));
    attest_bytes_done(&out);
    out = attest_bytes_init(ATTEST_LOGJSON_RECORD_MAX);
    for (;;) {
        assert_ok(attest_logreader_next(&reader, &record, NULL));
        if (!record)
            break;
        struct attest_json_writer json = { .out = &out };
        attest_bytes_shrink(&out, out.size);
        assert_ok(attest_logjson_write(&json, record, hasher));
        assert_ok(attest_bytes_check(&out));
    }
    attest_bytes_append_u8(&out, 0);
    json_object *object = json_tokener_parse((const char *)out.data);
    assert_non_null(object);
    return object;
}

static json_object *get(json_object *object, const char *name)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static void assert_member(json_object *object, const char *name, const char *expected)
{
    json_object *value = get(object, name);

    if (!expected) {
        assert_null(value);
        return;
    }
    assert_non_null(value);
    assert_string_equal(json_object_get_string(value), expected);
}

/* "proven" is what all known digests say, and at least one. */
static void test_firmware(void **state)
{
    static const struct {
        const char *banks, *only, *measured, *data, *proven;
        uint32_t type;
        const char *name;
    } cases[] = {
        { "sha1 sha256", NULL, "x", "x", "true", ATTEST_EV_EFI_ACTION, "EV_EFI_ACTION" },
        { "sha1 sha256", NULL, "x", "y", "false", ATTEST_EV_EFI_ACTION, "EV_EFI_ACTION" },
        { "sha1 sha256", "sha1", "x", "x", "true", ATTEST_EV_EFI_ACTION, "EV_EFI_ACTION" },
        { "sha256 sm3", "sm3", "x", "x", "false", ATTEST_EV_EFI_ACTION, "EV_EFI_ACTION" },
        { "sha256", NULL, "x", "x", "true", 0x8401, "0x00008401" },
        { "sha256", NULL, "x", "x", "false", ATTEST_EV_NO_ACTION, "EV_NO_ACTION" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct log log;
        log_begin(&log, cases[i].banks);
        log_write(&log, 4, cases[i].type, attest_view_text(cases[i].measured), attest_view_text(cases[i].data),
                  cases[i].only);
        json_object *object = show(ATTEST_LOG_FIRMWARE, log_view(&log));
        assert_member(object, "event", "1");
        assert_member(object, "pcr", "4");
        assert_member(object, "type", cases[i].name);
        assert_member(object, "proven", cases[i].proven);
        json_object *digests = get(object, "digests");
        assert_int_equal(json_object_object_length(digests), cases[i].only ? 1 : (int)log.bank_count);
        if (cases[i].only && strcmp(cases[i].only, "sm3") == 0)
            assert_non_null(get(digests, "0x0012"));
        json_object_put(object);
        log_done(&log);
    }
}

static void append_ima(struct log *log, const char *template, const struct attest_view *fields, size_t count)
{
    static const uint8_t hash[20] = { 1 };
    size_t size = 0;

    log_u32(log, 10);
    log_bytes(log, attest_view_of(hash));
    log_u32(log, (uint32_t)strlen(template));
    log_bytes(log, attest_view_text(template));
    for (size_t i = 0; i < count; i++)
        size += 4 + fields[i].size;
    log_u32(log, (uint32_t)size);
    for (size_t i = 0; i < count; i++) {
        log_u32(log, (uint32_t)fields[i].size);
        log_bytes(log, fields[i]);
    }
}

static void test_ima(void **state)
{
    const struct attest_view fields[] = { { (const uint8_t *)"sha256:\0\xab\xcd", 10 },
                                          attest_view_text("/bin/sh"),
                                          { (const uint8_t *)"\3\2", 2 } };
    struct log log = { .data = malloc(LOG_MAX) };

    (void)state;
    append_ima(&log, "ima-sig", fields, 3);
    json_object *object = show(ATTEST_LOG_IMA, log_view(&log));
    assert_member(object, "pcr", "10");
    assert_member(object, "template", "ima-sig");
    assert_member(object, "template_hash", "0100000000000000000000000000000000000000");
    assert_member(object, "algorithm", "sha256");
    assert_member(object, "digest", "abcd");
    assert_member(object, "path", "/bin/sh");
    assert_member(object, "signature", "0302");
    assert_member(object, "proven", "false");
    assert_member(object, "violation", NULL);
    json_object_put(object);
    log.size = 0;
    append_ima(&log, "unknown", fields, 1);
    memset(log.data + 4, 0, 20);
    object = show(ATTEST_LOG_IMA, log_view(&log));
    assert_member(object, "template_data", "0a0000007368613235363a00abcd");
    assert_member(object, "violation", "true");
    assert_member(object, "proven", "false");
    assert_member(object, "path", NULL);
    json_object_put(object);
    memcpy(log.data + 4, "\xab\x9f\xf1\xbd\xb9\x7d\xe8\xd0\xff\xb2\xe7\xdd\xe5\xb7\x4d\xd6\x1e\x8f\x04\x59",
           20); /* sha1sum's */
    object = show(ATTEST_LOG_IMA, log_view(&log));
    assert_member(object, "proven", "true");
    json_object_put(object);
    log_done(&log);
}

/* Long texts and bytes are cut, whether they are texts or not: a record stays within its maximum. */
static void test_long(void **state)
{
    static const char bytes[] = { 'a', '\t', '\1', '\xff', '"' };
    const size_t size = 200000;
    uint8_t *path = malloc(size);

    (void)state;
    for (size_t i = 0; i < COUNT(bytes); i++) {
        struct log log = { .data = malloc(LOG_MAX) };
        memset(path, bytes[i], size);
        const struct attest_view fields[] = { { (const uint8_t *)"sha256:\0\xab", 9 }, { path, size } };
        append_ima(&log, "ima-ng", fields, 2);
        json_object *object = show(ATTEST_LOG_IMA, log_view(&log));
        assert_true(out.size < ATTEST_LOGJSON_RECORD_MAX / 2);
        bool is_text = bytes[i] != '\1' && bytes[i] != '\xff';
        assert_int_equal(get(object, "path") != NULL, is_text);
        assert_int_equal(get(object, "path_hex_cut") != NULL, !is_text);
        json_object_put(object);
        log_done(&log);
    }
    free(path);
}

/* Whoever writes several long texts does not get a name twice into one object. */
static void test_all_long(void **state)
{
    const size_t size = 10000;
    char *algorithm = malloc(size + 2);
    struct log log = { .data = malloc(LOG_MAX) };

    (void)state;
    memset(algorithm, 'a', size);
    memcpy(algorithm + size, ":", 2);
    const struct attest_view fields[] = { { (uint8_t *)algorithm, size + 2 }, { (uint8_t *)algorithm, size } };
    append_ima(&log, "ima-ng", fields, 2);
    json_object *object = show(ATTEST_LOG_IMA, log_view(&log));
    assert_non_null(get(object, "algorithm_hex_cut"));
    const char *first = strstr((const char *)out.data, "cut_after");
    assert_non_null(first);
    assert_null(strstr(first + 1, "cut_after"));
    json_object_put(object);
    log_done(&log);
    free(algorithm);
}

static void test_userspace(void **state)
{
    (void)state;
    json_object *object =
        show(ATTEST_LOG_USERSPACE,
             attest_view_text(
                 "\x1e{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha1\",\"digest\":"
                 "\"0123456789012345678901234567890123456789\"}],\"content\":{\"string\":\"a\\\"\\u0001\","
                 "\"bootId\":\"b\",\"timestamp\":7,\"eventType\":\"phase\"}}\n"));
    assert_member(object, "pcr", "11");
    assert_member(object, "type", "phase");
    assert_member(object, "string_hex", "612201");
    assert_member(object, "boot_id", "b");
    assert_member(object, "timestamp", "7");
    assert_member(get(object, "digests"), "sha1", "0123456789012345678901234567890123456789");
    json_object_put(object);
}

#define A_SHA1   "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8" /* of "a"; sha1sum's and sha256sum's */
#define A_SHA256 "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

/* All digests that there are, and at least one, of a text that is said to be digested. */
static void test_userspace_proven(void **state)
{
    static const struct {
        const char *type, *string, *digests, *proven;
    } cases[] = {
        { "phase", "a", "{\"hashAlg\":\"sha1\",\"digest\":\"" A_SHA1 "\"}", "true" },
        { "phase", "a",
          "{\"hashAlg\":\"sha1\",\"digest\":\"" A_SHA1 "\"},{\"hashAlg\":\"sha256\",\"digest\":\"" A_SHA256
          "\"}",
          "true" },
        { "phase", "b", "{\"hashAlg\":\"sha256\",\"digest\":\"" A_SHA256 "\"}", "false" },
        { "phase", "a",
          "{\"hashAlg\":\"sha1\",\"digest\":\"0123456789012345678901234567890123456789\"},"
          "{\"hashAlg\":\"sha256\",\"digest\":\"" A_SHA256 "\"}",
          "false" },
        { "phase", "a", "", "false" },
        { "volume-key", "a", "{\"hashAlg\":\"sha1\",\"digest\":\"" A_SHA1 "\"}", "false" },
    };
    char text[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(text, sizeof text,
                 "\x1e{\"pcr\":11,\"digests\":[%s],\"content\":{\"string\":\"%s\",\"eventType\":\"%s\"}}\n",
                 cases[i].digests, cases[i].string, cases[i].type);
        json_object *object = show(ATTEST_LOG_USERSPACE, attest_view_text(text));
        assert_member(object, "proven", cases[i].proven);
        json_object_put(object);
    }
}

static int free_out(void **state)
{
    (void)state;
    attest_bytes_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_firmware),  cmocka_unit_test(test_ima),
        cmocka_unit_test(test_long),      cmocka_unit_test(test_all_long),
        cmocka_unit_test(test_userspace), cmocka_unit_test(test_userspace_proven),
    };
    return cmocka_run_group_tests_name("logjson", tests, NULL, free_out);
}
