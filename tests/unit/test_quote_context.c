/* SPDX-License-Identifier: Apache-2.0 */
/* Does a quote hold only with logs that made its values, and only where the policy wants them? */
#include "tests/unit/logs.h"
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "attest/quote.h"
#include "base/key.h"
#include "evidence/bundle.h"
#include "evidence/eventlog.h"
#include "evidence/policy.h"
#include "evidence/verdict.h"

#define BUNDLE_SIZE ((size_t)128 << 10)

static struct wires wires;
static struct log machine;
static struct attest_key *key;
static char bundle[BUNDLE_SIZE];

/* The quote is over PCR 0 to 3, 7 and 11 of the machine, in sha384. */
static int begin(void **state)
{
    (void)state;
    wires_init(&wires, "P-256");
    log_boot(&machine, "sha256 sha384", true);
    wires.attest.attested.quote.pcrSelect.pcrSelections[0].pcrSelect[0] |= 0x80;
    for (unsigned i = 0; i < 24; i++)
        memcpy(wires.pcrs[i], log_pcr(&machine, "sha384", i), 48);
    wires_digest_pcrs(&wires);
    wires_seal(&wires);
    snprintf(bundle, sizeof bundle, "%s", wires.bundle);
    assert_ok(attest_key_from_pem(attest_view_text(wires.pem), &key, NULL));
    return 0;
}

static int end(void **state)
{
    (void)state;
    attest_key_free(key);
    wires_done(&wires);
    log_done(&machine);
    return 0;
}

/* Puts a member with these bytes at the bundle's end. */
static void add_log(const char *name, struct attest_view log)
{
    static char text[BUNDLE_SIZE / 2];
    size_t end = strlen(bundle) - 1;

    wires_base64(log, text, sizeof text);
    assert_true(end + strlen(name) + strlen(text) + 16 < sizeof bundle);
    sprintf(bundle + end, ",\"%s\":\"%s\"}", name, text);
}

static enum attest_error verify(const char *policy_text, const struct attest_eventlog *eventlog,
                                char failed[1024])
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
    struct attest_quote_demands demands = { .key = key,
                                            .nonce = attest_view_of(wires.nonce),
                                            .eventlog = eventlog };
    struct attest_quote *quote = NULL;
    char *at = failed;

    if (policy_text)
        assert_ok(attest_policy_parse(attest_view_text(policy_text), &policy, NULL));
    demands.policy = policy;
    assert_ok(attest_quote_from_bundle(attest_view_text(bundle), &quote, NULL));
    enum attest_error error = attest_quote_verify(quote, &demands, verdict);
    *at = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    assert_int_equal(attest_verdict_holds(verdict), error == ATTEST_OK);
    attest_quote_free(quote);
    return error;
}

static void assert_failed(const char *policy, const struct attest_eventlog *eventlog, const char *expected)
{
    char failed[1024];

    assert_error(verify(policy, eventlog, failed), *expected ? ATTEST_REFUSED : ATTEST_OK);
    assert_string_equal(failed, expected);
}

static void test_own_log(void **state)
{
    (void)state;
    assert_failed(NULL, NULL, "");
    add_log("eventlog", log_view(&machine));
    assert_failed(NULL, NULL, "");
    add_log("eventlog_userspace", attest_view_text(""));
    assert_failed(NULL, NULL, "");
}

static void test_log_of_another(void **state)
{
    struct log other;

    (void)state;
    log_boot(&other, "sha256 sha384", false);
    add_log("eventlog", log_view(&other));
    assert_failed(NULL, NULL, "pcr_7 ");
    log_done(&other);
}

static void test_log_cut(void **state)
{
    (void)state;
    machine.size = machine.offsets[machine.events - 1] - 1;
    add_log("eventlog", log_view(&machine));
    assert_failed(NULL, NULL, "log_form ");
}

/* No log at all in a member for one: neither yes nor no. */
static void test_no_log(void **state)
{
    char failed[1024];

    (void)state;
    add_log("eventlog", attest_view_text("this is no event log of any kind whatsoever"));
    enum attest_error error = verify(NULL, NULL, failed);
    assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
}

/* Logs that were compared with other values, or with none, prove nothing of this quote. */
static void test_eventlog_given(void **state)
{
    static const struct {
        const char *bank;
        uint32_t mask;
        const char *failed;
    } cases[] = {
        { "sha384", 0x88f, "" },          { "sha384", 0x80f, "eventlog " }, { "sha384", 0xffffff, "eventlog " },
        { "sha256", 0x88f, "eventlog " }, { NULL, 0, "eventlog " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
        char pcrs[4096];
        assert_ok(attest_eventlog_new(&eventlog));
        if (cases[i].bank) {
            log_pcrs(&machine, cases[i].bank, cases[i].mask, pcrs);
            assert_ok(attest_eventlog_expect(eventlog, attest_view_text(pcrs), NULL));
        }
        assert_ok(attest_eventlog_add(eventlog, ATTEST_LOG_FIRMWARE, log_view(&machine), NULL));
        assert_failed(NULL, eventlog, cases[i].failed);
    }
}

static void test_policy(void **state)
{
    char values[4096], policy[8192];

    (void)state;
    log_pcrs(&machine, "sha384", 0x80, values);
    sprintf(policy, "{\"any_of\":[{\"pcrs\":{\"sha384\":%s}],\"secure_boot\":true}",
            strstr(values, "\"pcrs\":") + 7);
    assert_failed(policy, NULL, "policy_secure_boot "); /* there is no log */
    add_log("eventlog", log_view(&machine));
    assert_failed(policy, NULL, "");
    assert_failed("{\"any_of\":[]}", NULL, "policy_pcrs ");
    assert_failed("{\"max_age\":1}", NULL, "policy_max_age ");
    log_pcrs(&machine, "sha384", 0x10, values); /* PCR 4 is not quoted, though the log has it */
    sprintf(policy, "{\"any_of\":[{\"pcrs\":{\"sha384\":%s}]}", strstr(values, "\"pcrs\":") + 7);
    assert_failed(policy, NULL, "policy_pcrs ");
    log_pcrs(&machine, "sha256", 0x80, values); /* nor the bank */
    sprintf(policy, "{\"any_of\":[{\"pcrs\":{\"sha256\":%s}]}", strstr(values, "\"pcrs\":") + 7);
    assert_failed(policy, NULL, "policy_pcrs ");
}

static void test_bundle_members(void **state)
{
    static const struct {
        const char *member;
        enum attest_error error;
    } cases[] = {
        { ",\"eventlog\":5}", ATTEST_MALFORMED },
        { ",\"eventlog\":\"*\"}", ATTEST_MALFORMED },
        { ",\"eventlog_ima\":{}}", ATTEST_MALFORMED },
        { ",\"eventlog_other\":\"\"}", ATTEST_MALFORMED },
        { ",\"eventlog\":\"AAAA\",\"eventlog\":\"AAAA\"}", ATTEST_MALFORMED },
        { ",\"eventlog\":\"AAAA\",\"eventlog_ima\":\"BBBB\",\"eventlog_userspace\":\"\"}", ATTEST_OK },
    };
    struct attest_quote *quote = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(bundle, sizeof bundle, "%s", wires.bundle);
        strcpy(bundle + strlen(bundle) - 1, cases[i].member);
        assert_error(attest_quote_from_bundle(attest_view_text(bundle), &quote, NULL), cases[i].error);
    }
    assert_hex(attest_quote_log(quote, ATTEST_LOG_FIRMWARE), "000000");
    assert_hex(attest_quote_log(quote, ATTEST_LOG_IMA), "041041");
    assert_int_equal(attest_quote_log(quote, ATTEST_LOG_USERSPACE).size, 0);
    attest_quote_free(quote);
}

/* Written with its logs, and read again. */
static void test_bundle_written(void **state)
{
    _cleanup_(attest_bundle_done) struct attest_bundle first = { 0 }, again = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_BUNDLE_MAX);
    const struct attest_view logs[ATTEST_LOG_COUNT] = { log_view(&machine), { 0 }, attest_view_text("u") };
    struct attest_json_writer json = { .out = &out };

    (void)state;
    assert_ok(attest_bundle_parse(attest_view_text(bundle), &first, NULL));
    attest_bundle_write(&json, attest_view_of(wires.nonce), &first.pcrs, wire_view(&wires.attest_wire),
                        wire_view(&wires.signature_wire), &first.ak, attest_view_text(wires.pem), logs);
    assert_ok(attest_bytes_check(&out));
    assert_ok(attest_bundle_parse(attest_bytes_view(&out), &again, NULL));
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        assert_view(attest_bytes_view(&again.logs[i]), logs[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own_log, begin, end),
        cmocka_unit_test_setup_teardown(test_log_of_another, begin, end),
        cmocka_unit_test_setup_teardown(test_log_cut, begin, end),
        cmocka_unit_test_setup_teardown(test_no_log, begin, end),
        cmocka_unit_test_setup_teardown(test_eventlog_given, begin, end),
        cmocka_unit_test_setup_teardown(test_policy, begin, end),
        cmocka_unit_test_setup_teardown(test_bundle_members, begin, end),
        cmocka_unit_test_setup_teardown(test_bundle_written, begin, end),
    };
    return cmocka_run_group_tests_name("quote_context", tests, NULL, NULL);
}
