/* SPDX-License-Identifier: Apache-2.0 */
/* What does each policy demand, and is what can't be one refused? */
#include "tests/unit/unit.h"

#include "evidence/policy.h"
#include "evidence/verdict.h"

#define A96    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SET_A  "{\"pcrs\":{\"sha384\":{\"4\":\"" A96 "\"}}}"
#define SET_B  "{\"pcrs\":{\"sha256\":{\"7\":\"" B64 "\"}}}"
#define SET_AB "{\"pcrs\":{\"sha384\":{\"4\":\"" A96 "\"},\"sha256\":{\"7\":\"" B64 "\"}}}"

/* What is known: PCR 4 of sha384 is aa.., PCR 7 of sha256 is bb.. */
static struct attest_policy_facts facts_of(bool sha384, bool sha256)
{
    struct attest_policy_facts facts = { 0 };

    facts.pcrs[ATTEST_HASH_SHA384] =
        (struct attest_pcrs){ .bank = ATTEST_HASH_SHA384, .mask = sha384 ? 0x10 : 0 };
    facts.pcrs[ATTEST_HASH_SHA256] =
        (struct attest_pcrs){ .bank = ATTEST_HASH_SHA256, .mask = sha256 ? 0x80 : 0 };
    memset(facts.pcrs[ATTEST_HASH_SHA384].values[4], 0xaa, 48);
    memset(facts.pcrs[ATTEST_HASH_SHA256].values[7], 0xbb, 32);
    return facts;
}

static void assert_failed(const char *text, const struct attest_policy_facts *facts, const char *expected)
{
    _cleanup_(attest_policy_cleanup) struct attest_policy *policy = NULL;
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    char failed[512] = "", *at = failed;

    assert_ok(attest_policy_parse(attest_view_text(text), &policy, NULL));
    attest_policy_check(policy, facts, verdict);
    assert_true(attest_verdict_count(verdict) > 0);
    for (size_t i = 0; i < attest_verdict_count(verdict); i++)
        if (!attest_verdict_check(verdict, i).ok)
            at += sprintf(at, "%s ", attest_verdict_check(verdict, i).name);
    assert_string_equal(failed, expected);
}

static void test_pcrs(void **state)
{
    static const struct {
        const char *sets;
        bool sha384, sha256;
        const char *failed;
    } cases[] = {
        { SET_A, true, false, "" },
        { SET_A, false, true, "policy_pcrs " },
        { SET_A, false, false, "policy_pcrs " },
        { SET_B "," SET_A, true, false, "" },
        { SET_A "," SET_B, true, false, "" },
        { SET_AB, true, true, "" },
        { SET_AB, true, false, "policy_pcrs " },
        { SET_AB, false, true, "policy_pcrs " },
        { "", true, true, "policy_pcrs " }, /* allows nothing */
        { "{\"pcrs\":{\"sha384\":{\"4\":\"" A96 "\",\"5\":\"" A96 "\"}}}", true, true, "policy_pcrs " },
        { "{\"pcrs\":{\"sha384\":{\"5\":\"" A96 "\"}}}", true, true, "policy_pcrs " },
        { "{\"pcrs\":{\"sha256\":{\"4\":\"" B64 "\"}}}", true, true, "policy_pcrs " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[2048];
        struct attest_policy_facts facts = facts_of(cases[i].sha384, cases[i].sha256);
        sprintf(text, "{\"any_of\":[%s]}", cases[i].sets);
        assert_failed(text, &facts, cases[i].failed);
    }
}

static void test_value_differs(void **state)
{
    (void)state;
    for (size_t byte = 0; byte < 48; byte++) {
        struct attest_policy_facts facts = facts_of(true, false);
        facts.pcrs[ATTEST_HASH_SHA384].values[4][byte] ^= 0x80;
        assert_failed("{\"any_of\":[" SET_A "]}", &facts, "policy_pcrs ");
        assert_failed("{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"PCR4\":\"" A96 "\"}}", &facts,
                      "policy_pcrs ");
    }
}

static void test_measurements(void **state)
{
    static const char *const algorithms[] = { "SHA384", "sha384", "Sha384 { ... }" };
    struct attest_policy_facts facts = facts_of(true, true);

    (void)state;
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        char text[512];
        sprintf(text, "{\"Measurements\":{\"HashAlgorithm\":\"%s\",\"PCR4\":\"" A96 "\"}}", algorithms[i]);
        assert_failed(text, &facts, "");
        sprintf(text, "{\"Measurements\":{\"HashAlgorithm\":\"%s\",\"PCR4\":\"" A96 "\",\"PCR7\":\"" A96 "\"}}",
                algorithms[i]);
        assert_failed(text, &facts, "policy_pcrs ");
    }
}

static void test_others(void **state)
{
    struct attest_policy_facts facts = { .secure_boot = true,
                                         .age = { true, 300 },
                                         .endorsement_age = { true, 300 },
                                         .instance = attest_view_text("i-0123") };
    const struct attest_policy_facts nothing = { 0 };
    static const struct {
        const char *text, *failed, *failed_of_nothing;
    } cases[] = {
        { "{\"secure_boot\":true}", "", "policy_secure_boot " },
        { "{\"max_age\":300}", "", "policy_max_age " },
        { "{\"max_age\":299}", "policy_max_age ", "policy_max_age " },
        { "{\"max_age\":0}", "policy_max_age ", "policy_max_age " },
        { "{\"endorsement_max_age\":300}", "", "policy_endorsement_max_age " },
        { "{\"endorsement_max_age\":299}", "policy_endorsement_max_age ", "policy_endorsement_max_age " },
        { "{\"instances\":[\"i-0123\"]}", "", "policy_instances " },
        { "{\"instances\":[\"i-9\",\"i-0123\"]}", "", "policy_instances " },
        { "{\"instances\":[\"i-012\",\"i-01234\"]}", "policy_instances ", "policy_instances " },
        { "{\"instances\":[]}", "policy_instances ", "policy_instances " },
        { "{\"any_of\":[" SET_A
          "],\"secure_boot\":true,\"max_age\":1,\"endorsement_max_age\":1,\"instances\":[]}",
          "policy_pcrs policy_max_age policy_endorsement_max_age policy_instances ",
          "policy_pcrs policy_secure_boot policy_max_age policy_endorsement_max_age policy_instances " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_failed(cases[i].text, &facts, cases[i].failed);
        assert_failed(cases[i].text, &nothing, cases[i].failed_of_nothing);
    }
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "null",
        "{\"any_of\":null}",
        "{\"any_of\":null,\"secure_boot\":true}",
        "{\"any_of\":{}}",
        "{\"any_of\":[null]}",
        "{\"any_of\":[" SET_A ",null]}",
        "{\"any_of\":[1]}",
        "{\"any_of\":[{}]}",
        "{\"any_of\":[{\"pcrs\":{}}]}",
        "{\"any_of\":[{\"pcrs\":[]}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":null}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha1\":{\"4\":\"0000000000000000000000000000000000000000\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"SHA384\":{\"4\":\"" A96 "\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"none\":{\"4\":\"\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"4\":\"" B64 "\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"24\":\"" A96 "\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"04\":\"" A96 "\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"4\":4}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"4\\u0000\":\"" A96 "\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"4\":\"" A96 "\",\"4\":\"" A96 "\"}}}]}",
        "{\"any_of\":[{\"pcrs\":{\"sha384\":{\"4\":\"" A96 "\"}},\"note\":\"x\"}]}",
        "{\"any_of\":[" SET_A "],\"any_of\":[" SET_A "]}",
        "{\"any_of\":[" SET_A "],\"anyof\":1}",
        "{\"secure_boot\":false}",
        "{\"secure_boot\":null}",
        "{\"secure_boot\":1}",
        "{\"secure_boot\":\"true\"}",
        "{\"max_age\":-1}",
        "{\"max_age\":\"5\"}",
        "{\"max_age\":1.5}",
        "{\"max_age\":18446744073709551615}",
        "{\"max_age\":null,\"secure_boot\":true}",
        "{\"instances\":\"i-0123\"}",
        "{\"instances\":[null]}",
        "{\"instances\":[\"i-0123\",null]}",
        "{\"instances\":[\"i-\"]}",
        "{\"instances\":[\"m-0123\"]}",
        "{\"instances\":[\"i-012345678901234567890123456789012345678901234567890123456789012\"]}",
        "{\"Measurements\":null}",
        "{\"Measurements\":{}}",
        "{\"Measurements\":{\"PCR4\":\"" A96 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA256\",\"PCR4\":\"" A96 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA3840\",\"PCR4\":\"" A96 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"PCR4\":\"" B64 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"PCR\":\"" A96 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"PCR04\":\"" A96 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"pcr4\":\"" A96 "\"}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"PCR4\":null}}",
        "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\",\"PCR4\":\"" A96 "\"},\"any_of\":[" SET_A "]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct attest_policy *policy = NULL;
        struct attest_diag diag = { 0 };
        enum attest_error error = attest_policy_parse(attest_view_text(texts[i]), &policy, &diag);
        if (error == ATTEST_OK)
            fail_msg("accepted: %s", texts[i]);
        assert_int_equal(attest_error_category(error), ATTEST_CATEGORY_MALFORMED);
        assert_null(policy);
    }
}

static void test_size(void **state)
{
    static const char set[] = SET_A ",";
    size_t count = 256, size = 0;
    char *text = malloc((size_t)2 << 20);
    struct attest_policy *policy = NULL;

    (void)state;
    for (; count <= 257; count++) {
        size = (size_t)sprintf(text, "{\"any_of\":[");
        for (size_t i = 0; i < count; i++)
            size += (size_t)sprintf(text + size, "%s", set);
        strcpy(text + size - 1, "]}");
        enum attest_error error = attest_policy_parse(attest_view_text(text), &policy, NULL);
        assert_error(error, count == 256 ? ATTEST_OK : ATTEST_MALFORMED);
    }
    attest_policy_free(policy);
    memset(text, ' ', (size_t)2 << 20);
    policy = NULL;
    assert_error(
        attest_policy_parse((struct attest_view){ (uint8_t *)text, ((size_t)1 << 20) + 1 }, &policy, NULL),
        ATTEST_TOO_LARGE);
    free(text);
}

static void test_cut(void **state)
{
    const struct attest_view whole = attest_view_text("{\"any_of\":[" SET_AB "],\"max_age\":300}");

    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        struct attest_policy *policy = NULL;
        uint8_t *copy = exact((struct attest_view){ whole.data, size });
        assert_int_not_equal(attest_policy_parse((struct attest_view){ copy, size }, &policy, NULL), ATTEST_OK);
        free(copy);
    }
}

static void test_questions(void **state)
{
    struct attest_policy *policy = NULL;
    uint64_t seconds = 7;

    (void)state;
    assert_ok(attest_policy_parse(attest_view_text("{\"any_of\":[" SET_AB "," SET_A "],\"max_age\":300}"),
                                  &policy, NULL));
    assert_true(attest_policy_names(policy, 0x10));
    assert_false(attest_policy_names(policy, 0x80));
    assert_false(attest_policy_endorsement_max_age(policy, &seconds));
    assert_int_equal(seconds, 7);
    assert_true(attest_policy_max_age(policy, &seconds));
    assert_int_equal(seconds, 300);
    attest_policy_free(policy);
    attest_policy_free(NULL);
    assert_ok(attest_policy_parse(attest_view_text("{\"max_age\":300}"), &policy, NULL));
    assert_false(attest_policy_names(policy, ATTEST_PCR_ALL));
    attest_policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pcrs),         cmocka_unit_test(test_value_differs),
        cmocka_unit_test(test_measurements), cmocka_unit_test(test_others),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_size),
        cmocka_unit_test(test_cut),          cmocka_unit_test(test_questions),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
