/* SPDX-License-Identifier: Apache-2.0 */
/* Event data made by Python's struct: described as it is, or shown as it is; always JSON, and bounded. */
#include "tests/unit/event_cases.h"
#include "tests/unit/from_hex.h"

#include "codec/json.h"
#include "codec/tcgdata.h"

/* Appends {"data":...} */
static void describe(uint32_t type, struct attest_view data, struct attest_bytes *out)
{
    struct attest_json_writer json = { .out = out };
    _cleanup_free_ uint8_t *copy = exact(data);
    struct attest_tcg_event event = { .type = type, .data = { copy, data.size } };

    attest_json_open(&json, NULL, '{');
    attest_tcgdata_write(&json, &event);
    attest_json_close(&json, '}');
}

static void test_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(events); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes data = from_hex(events[i].data);
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1 << 16);
        char expected[4096];
        snprintf(expected, sizeof expected, "{\"data\":%s}", events[i].json);
        describe(events[i].type, attest_bytes_view(&data), &out);
        attest_bytes_append_u8(&out, 0);
        assert_ok(attest_bytes_check(&out));
        assert_string_equal((const char *)out.data, expected);
    }
}

/* Whatever the bytes: an object without a name twice, and not too large. */
static void assert_object(uint32_t type, struct attest_view data)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_TCGDATA_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;

    describe(type, data, &out);
    assert_ok(attest_bytes_check(&out));
    assert_ok(attest_json_parse(attest_bytes_view(&out), ATTEST_TCGDATA_MAX, &root, NULL));
    assert_true(attest_json_is_object(attest_json_member(root, "data")));
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(events); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes data = from_hex(events[i].data);
        for (size_t size = 0; size < data.size; size++)
            assert_object(events[i].type, (struct attest_view){ data.data, size });
    }
}

static void test_every_byte_changed(void **state)
{
    static const uint8_t changes[] = { 0x01, 0x80, 0xff };

    (void)state;
    for (size_t i = 0; i < COUNT(events); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes data = from_hex(events[i].data);
        for (size_t at = 0; at < data.size && at < 160; at++)
            for (size_t change = 0; change < COUNT(changes); change++) {
                data.data[at] ^= changes[change];
                assert_object(events[i].type, attest_bytes_view(&data));
                data.data[at] ^= changes[change];
            }
    }
}

static void test_types_swapped(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(events); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes data = from_hex(events[i].data);
        for (size_t other = 0; other < COUNT(events); other++)
            assert_object(events[other].type, attest_bytes_view(&data));
    }
}

/* A MiB of one byte, of every type; its first tags, tables, entries and nodes are many, or none. */
static void test_large(void **state)
{
    static const uint8_t fillings[] = { 0x00, 0x01, 0x20, 0x22, 0x41, 0xff };
    const size_t size = (size_t)1 << 20;
    _cleanup_free_ uint8_t *data = malloc(size);

    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < COUNT(fillings); i++) {
        memset(data, fillings[i], size);
        for (size_t type = 0; type < COUNT(events); type++)
            if (type == 0 || events[type].type != events[type - 1].type)
                assert_object(events[type].type, (struct attest_view){ data, size });
    }
}

static void append_le32(struct attest_bytes *out, size_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        attest_bytes_append_u8(out, (uint8_t)(value >> shift));
}

/* Text that JSON makes the longest of: tabs, in more tags than are shown. */
static void test_longest_text(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes data = attest_bytes_init(1 << 18);

    (void)state;
    for (size_t tag = 0; tag < 8; tag++) {
        append_le32(&data, tag);
        append_le32(&data, 5000);
        for (size_t i = 0; i < 5000; i++)
            attest_bytes_append_u8(&data, '\t');
    }
    assert_ok(attest_bytes_check(&data));
    assert_object(ATTEST_EV_EVENT_TAG, attest_bytes_view(&data));
}

/* A certificate, and what openssl(1) says of it. */
#define CERTIFICATE_HEX                                                                                        \
    "3082018c30820133a00302010202145792be9e2a9b6a110eb89d0596966fbc5a126ff5300a06082a8648ce3d04030230"         \
    "1c310d300b06035504030c0473656564310b3009060355040a0c024578301e170d3236313132353130323333375a170d"         \
    "3336313132323130323333375a301c310d300b06035504030c0473656564310b3009060355040a0c0245783059301306"         \
    "072a8648ce3d020106082a8648ce3d03010703420004e0b87e7a564f6ceea77c7ec42bb0fa3c299b94eaf8e5bd1b725b"         \
    "d449c125b69869f3a1aa7befb4978d8149574bd48021b44dd3ab6d3de254426cf0f3e83b3888a3533051301d0603551d"         \
    "0e04160414038e36e454130fc7323587e7ddfab28e9c8305a1301f0603551d23041830168014038e36e454130fc73235"         \
    "87e7ddfab28e9c8305a1300f0603551d130101ff040530030101ff300a06082a8648ce3d040302034700304402205053"         \
    "7ebea2b77dfc7ba1fedda886d73c3f641a293f59be7ff996bc00945693a10220510e0ea7436a2bd0e806cc8cdab70b1a"         \
    "6fac3d3c3bdcc908da41971d0688472c"
static const char certificate_json[] = "\"subject\":\"O=Ex,CN=seed\",\"issuer\":\"O=Ex,CN=seed\",\"serial\":"
                                       "\"5792be9e2a9b6a110eb89d0596966fbc5a126ff5\",\"sha256\":"
                                       "\"eef86b3c52378eccdd8f53997268408ecd9a67b0f7a3c6b2c1cc4b34eabaa9ac\"";

#define OWNER_HEX "bd9afa775903324dbd6028f4e78f784b" /* Microsoft's */
static const char owner_json[] =
    "\"owner\":\"77fa9abd-0359-4d32-bd60-28f4e78f784b\",\"owner_name\":\"Microsoft\",";

/* UEFI_VARIABLE_DATA of "db", without its data. */
static struct attest_bytes db_head(size_t size)
{
    struct attest_bytes data = from_hex("cbb219d73a3d9645a3bcdad00e67656f0200000000000000");

    append_le32(&data, size);
    append_le32(&data, 0);
    attest_bytes_append(&data, (struct attest_view){ (const uint8_t *)"d\0b", 4 });
    return data;
}

/* EFI_SIGNATURE_LIST of `count` times `entry`, certificates. */
static void append_list(struct attest_bytes *data, size_t count, struct attest_view entry)
{
    _cleanup_(attest_bytes_done) struct attest_bytes type = from_hex("a159c0a5e494a74a87b5ab155c2bf072");

    attest_bytes_append(data, attest_bytes_view(&type));
    append_le32(data, 28 + count * entry.size);
    append_le32(data, 0);
    append_le32(data, entry.size);
    for (size_t i = 0; i < count; i++)
        attest_bytes_append(data, entry);
}

static void assert_described(uint32_t type, const struct attest_bytes *data, const char *expected)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_TCGDATA_MAX);
    char whole[4096];

    snprintf(whole, sizeof whole,
             "{\"data\":{\"vendor\":\"d719b2cb-3d3a-4596-a3bc-dad00e67656f\","
             "\"vendor_name\":\"EFI_IMAGE_SECURITY_DATABASE_GUID\",\"name\":\"db\",%s}}",
             expected);
    describe(type, attest_bytes_view(data), &out);
    attest_bytes_append_u8(&out, 0);
    assert_ok(attest_bytes_check(&out));
    assert_string_equal((const char *)out.data, whole);
}

/* In a list, as an authority, and as one of those boot loaders that leave the owner out. */
static void test_certificates(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes entry = from_hex(OWNER_HEX CERTIFICATE_HEX);
    _cleanup_(attest_bytes_done) struct attest_bytes listed = db_head(28 + entry.size);
    _cleanup_(attest_bytes_done) struct attest_bytes owned = db_head(entry.size),
                                                     bare = db_head(entry.size - 16);
    char expected[2048];

    (void)state;
    append_list(&listed, 1, attest_bytes_view(&entry));
    snprintf(expected, sizeof expected,
             "\"certificate_count\":1,\"certificates\":[{%s%s}],\"hash_count\":0,\"hashes\":[]", owner_json,
             certificate_json);
    assert_described((uint32_t)ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG, &listed, expected);
    attest_bytes_append(&owned, attest_bytes_view(&entry));
    snprintf(expected, sizeof expected, "%s%s", owner_json, certificate_json);
    assert_described((uint32_t)ATTEST_EV_EFI_VARIABLE_AUTHORITY, &owned, expected);
    attest_bytes_append(&bare, (struct attest_view){ entry.data + 16, entry.size - 16 });
    assert_described((uint32_t)ATTEST_EV_EFI_VARIABLE_AUTHORITY, &bare, certificate_json);
}

/* More than are shown are counted. */
static void test_many_certificates(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes entry = from_hex(OWNER_HEX CERTIFICATE_HEX);
    _cleanup_(attest_bytes_done) struct attest_bytes data = db_head(28 + 100 * entry.size);
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_TCGDATA_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    uint64_t count;

    (void)state;
    append_list(&data, 100, attest_bytes_view(&entry));
    describe((uint32_t)ATTEST_EV_EFI_VARIABLE_DRIVER_CONFIG, attest_bytes_view(&data), &out);
    assert_ok(attest_json_parse(attest_bytes_view(&out), ATTEST_TCGDATA_MAX, &root, NULL));
    const struct attest_json *described = attest_json_member(root, "data");
    assert_true(attest_json_unsigned(attest_json_member(described, "certificate_count"), &count));
    assert_int_equal(count, 100);
    assert_non_null(attest_json_element(attest_json_member(described, "certificates"), 15));
    assert_null(attest_json_element(attest_json_member(described, "certificates"), 16));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_types_swapped),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_longest_text),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_many_certificates),
    };
    return cmocka_run_group_tests_name("tcgdata", tests, NULL, NULL);
}
