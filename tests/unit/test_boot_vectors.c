/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boots of real and virtual machines, from $ATTESTD_VECTORS: IMA's lists make the values of PCR 10 with the
 * firmware's log of the same boot or without; and the measured virtual machines' logs make all of their values
 * but PCR 10 (whose list is not there in its binary form).
 */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "evidence/eventlog.h"
#include "evidence/verdict.h"

#include <json-c/json.h>
#include <unistd.h>

#define LOG_MAX ((size_t)4 << 20)

static char vectors[400];

static struct attest_bytes read_log(const char *name)
{
    struct attest_bytes log = attest_bytes_init(LOG_MAX);
    char path[600];

    snprintf(path, sizeof path, "%s/%s", vectors, name);
    assert_ok(attest_file_read(path, LOG_MAX, &log, NULL));
    return log;
}

static void add(struct attest_eventlog *eventlog, enum attest_log kind, const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes log = read_log(name);

    assert_ok(attest_eventlog_add(eventlog, kind, attest_bytes_view(&log), NULL));
}

static void assert_failed(const struct attest_eventlog *eventlog, const char *expected)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_eventlog_demands nothing = { 0 };
    char failed[1024] = "", *at = failed;

    enum attest_error error = attest_eventlog_verify(eventlog, &nothing, verdict);
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    assert_string_equal(failed, expected);
    assert_int_equal(error == ATTEST_OK, !*expected);
}

static json_object *get(json_object *object, const char *name)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static json_object *load(const char *name)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", vectors, name);
    json_object *object = json_object_from_file(path);
    assert_non_null(object);
    return object;
}

static struct attest_eventlog *new_expecting(const char *bank, const char *values)
{
    struct attest_eventlog *eventlog = NULL;
    char json[8192];

    snprintf(json, sizeof json, "{\"bank\":\"%s\",\"pcrs\":%s}", bank, values);
    assert_ok(attest_eventlog_new(&eventlog));
    assert_ok(attest_eventlog_expect(eventlog, attest_view_text(json), NULL));
    return eventlog;
}

/* By itself: PCR 10 as it was read from the machine's TPM. */
static void test_ima_alone(void **state)
{
    static const struct {
        const char *name;
        size_t entries;
    } lists[] = { { "ima/h12ssl.binary_runtime_measurements", 5071 },
                  { "ima/ludmilla-boot-aggregate-only.binary_runtime_measurements", 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        char name[200], values[256];
        snprintf(name, sizeof name, "%s.pcrs.json", lists[i].name);
        json_object *file = load(name);
        json_object_object_foreach(get(file, "stated_pcr10"), bank, value)
        {
            snprintf(values, sizeof values, "{\"10\":\"%s\"}", json_object_get_string(value));
            struct attest_eventlog *eventlog = new_expecting(bank, values);
            add(eventlog, ATTEST_LOG_IMA, lists[i].name);
            assert_failed(eventlog, "");
            assert_int_equal(attest_eventlog_count(eventlog, ATTEST_LOG_IMA), lists[i].entries);
            attest_eventlog_free(eventlog);
        }
        json_object_put(file);
    }
}

/* All 24 PCRs of the server, which its two logs make; and boot_aggregate ties them to each other. */
static void test_ima_with_firmware(void **state)
{
    json_object *file = load("eventlog/pc-h12ssl-linux.bin.pcrs.json");

    (void)state;
    json_object_object_foreach(get(file, "stated"), bank, values)
    {
        struct attest_eventlog *eventlog = new_expecting(bank, json_object_to_json_string(values));
        add(eventlog, ATTEST_LOG_FIRMWARE, "eventlog/pc-h12ssl-linux.bin");
        add(eventlog, ATTEST_LOG_IMA, "ima/h12ssl.binary_runtime_measurements");
        assert_failed(eventlog, "");
        attest_eventlog_free(eventlog);
        eventlog = new_expecting(bank, json_object_to_json_string(values)); /* another machine's list */
        add(eventlog, ATTEST_LOG_FIRMWARE, "eventlog/pc-h12ssl-linux.bin");
        add(eventlog, ATTEST_LOG_IMA, "ima/ludmilla-boot-aggregate-only.binary_runtime_measurements");
        assert_failed(eventlog, "ima_boot_aggregate pcr_10 ");
        attest_eventlog_free(eventlog);
    }
    json_object_put(file);
}

/* No entry of the server's list can be missing, nor its end. */
static void test_ima_cut(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes log = read_log("ima/ludmilla-boot-aggregate-only."
                                                                    "binary_runtime_measurements");
    json_object *file = load("ima/ludmilla-boot-aggregate-only.binary_runtime_measurements.pcrs.json");
    char values[256];

    (void)state;
    snprintf(values, sizeof values, "{\"10\":\"%s\"}",
             json_object_get_string(get(get(file, "stated_pcr10"), "sha384")));
    for (size_t size = 0; size < log.size; size++) {
        struct attest_eventlog *eventlog = new_expecting("sha384", values);
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_IMA, (struct attest_view){ log.data, size }, NULL));
        assert_failed(eventlog, size > 0 ? "ima_form pcr_10 " : "pcr_10 ");
        attest_eventlog_free(eventlog);
    }
    json_object_put(file);
}

/* pcr-BANK/N, as sysfs prints them. */
static void read_values(const char *folder, const char *bank, char *ret_json)
{
    char *at = ret_json;

    for (unsigned i = 0; i < 24; i++) {
        char path[600], value[256] = "";
        snprintf(path, sizeof path, "%s/measured-vm/%s/pcr-%s/%u", vectors, folder, bank, i);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_int_equal(fscanf(file, "%255s", value), 1);
        fclose(file);
        for (char *digit = value; *digit; digit++)
            *digit = (char)(*digit >= 'A' && *digit <= 'F' ? *digit + 'a' - 'A' : *digit);
        at += sprintf(at, "%c\"%u\":\"%s\"", i == 0 ? '{' : ',', i, value);
    }
    strcpy(at, "}");
}

static void test_measured(void **state)
{
    static const struct {
        const char *folder;
        bool secure_boot, has_credential;
    } machines[] = { { "sb-off-uki-noinitrd-tis", false, false },
                     { "sb-on-snakeoil-uki-signed", true, false },
                     { "sb-off-esp-credential-pcr12", false, true } };
    static const char *const banks[] = { "sha256", "sha384" };

    (void)state;
    for (size_t i = 0; i < COUNT(machines) * COUNT(banks); i++) {
        const char *folder = machines[i / COUNT(banks)].folder, *bank = banks[i % COUNT(banks)];
        enum attest_hash hash = attest_hash_find(attest_view_text(bank));
        char values[8192], name[200];
        read_values(folder, bank, values);
        struct attest_eventlog *eventlog = new_expecting(bank, values);
        snprintf(name, sizeof name, "measured-vm/%s/binary_bios_measurements", folder);
        add(eventlog, ATTEST_LOG_FIRMWARE, name);
        assert_failed(eventlog, "pcr_10 ");
        assert_int_equal(attest_eventlog_compare(eventlog, hash, 10).state, ATTEST_PCR_UNEXPLAINED);
        assert_int_equal(attest_eventlog_compare(eventlog, hash, 11).state, ATTEST_PCR_AGREES);
        bool phases = strstr(attest_eventlog_compare(eventlog, hash, 11).note, "phases") != NULL;
        assert_int_equal(phases, i / COUNT(banks) > 0); /* the first was read before them */
        assert_int_equal(attest_eventlog_compare(eventlog, hash, 12).state,
                         machines[i / COUNT(banks)].has_credential ? ATTEST_PCR_AGREES
                                                                   : ATTEST_PCR_NOT_EXTENDED);
        for (unsigned pcr = 17; pcr <= 22; pcr++)
            assert_int_equal(attest_eventlog_compare(eventlog, hash, pcr).state, ATTEST_PCR_NOT_EXTENDED);
        assert_int_equal(attest_eventlog_secure_boot(eventlog, NULL), machines[i / COUNT(banks)].secure_boot);
        attest_eventlog_free(eventlog);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ima_alone),
        cmocka_unit_test(test_ima_with_firmware),
        cmocka_unit_test(test_ima_cut),
        cmocka_unit_test(test_measured),
    };
    const char *folder = getenv("ATTESTD_VECTORS");
    char path[440];

    snprintf(vectors, sizeof vectors, "%s", folder ? folder : "../shared/vectors");
    snprintf(path, sizeof path, "%s/measured-vm", vectors);
    if (access(path, F_OK) != 0) {
        printf("1..0 # SKIP no boots in %s: set ATTESTD_VECTORS\n", path);
        return 0;
    }
    return cmocka_run_group_tests_name("boot_vectors", tests, NULL, NULL);
}
