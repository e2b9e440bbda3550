/* SPDX-License-Identifier: Apache-2.0 */
/* Is every line of a configuration either understood or refused by its number? */
#include "tests/unit/unit.h"

#include "codec/ini.h"

/* All entries as one text, "section|key|value|line;". */
static enum attest_error collect(const struct attest_ini_entry *entry, void *context, struct attest_diag *diag)
{
    struct attest_bytes *out = context;
    char line[16];

    (void)diag;
    attest_bytes_append(out, entry->section);
    attest_bytes_append_u8(out, '|');
    attest_bytes_append(out, entry->key);
    attest_bytes_append_u8(out, '|');
    attest_bytes_append(out, entry->value);
    snprintf(line, sizeof line, "|%u;", entry->line);
    attest_bytes_append_text(out, line);
    return attest_bytes_check(out);
}

static void assert_parses(const char *text, const char *entries)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(1 << 16);

    assert_ok(attest_ini_parse(attest_view_text(text), collect, &out, NULL));
    assert_text(attest_bytes_view(&out), entries);
}

static void test_forms(void **state)
{
    (void)state;
    assert_parses("", "");
    assert_parses("\n\n", "");
    assert_parses("# a\n; b\n  # c = d\n", "");
    assert_parses("[s]", "s|||1;");
    assert_parses("[s]\nk=v\n", "s|||1;s|k|v|2;");
    assert_parses("[s]\nk=v", "s|||1;s|k|v|2;");
    assert_parses("  [ s p ]  \n\t k a\t=\t v  w \t\n", "s p|||1;s p|k a|v  w|2;");
    assert_parses("[s]\nk=\n", "s|||1;s|k||2;");
    assert_parses("[s]\nk = a=b # no comment\n", "s|||1;s|k|a=b # no comment|2;");
    assert_parses("[s]\na=1\n\n[t]\n#\nb=2\n[s]\na=3\n", "s|||1;s|a|1|2;t|||4;t|b|2|6;s|||7;s|a|3|8;");
    assert_parses("[s]\nk=[v]\n", "s|||1;s|k|[v]|2;");
    assert_parses("[s]\nk=v\\\n", "s|||1;s|k|v\\|2;"); /* no continuation lines */
    assert_parses("[s]\nk=\xc3\xa4\n", "s|||1;s|k|\xc3\xa4|2;");
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
    } cases[] = {
        { "k=v\n", 1 },         { "[s]\nk\n", 2 },      { "[s]\n=v\n", 2 }, { "[s]\n = v\n", 2 },
        { "[s\n", 1 },          { "[\n", 1 },           { "[]\n", 1 },      { "[ ]\n", 1 },
        { "\n[a]b]\n", 2 },     { "[[a]\n", 1 },        { "[s] x\n", 1 },   { "[s]\nk=v\r\n", 2 },
        { "[s]\nk=\x01\n", 2 }, { "[s]\n# \x7f\n", 2 }, { "s]\n", 1 },      { "[s] # c\n", 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);
        struct attest_diag diag = { 0 };
        struct attest_view text = attest_view_text(cases[i].text);
        assert_error(attest_ini_parse(text, collect, &out, &diag), ATTEST_MALFORMED);
        assert_int_equal(diag.native, cases[i].line);
        assert_true(strlen(diag.expected) > 0);
        assert_error(attest_ini_parse(text, collect, &out, NULL), ATTEST_MALFORMED);
    }
}

static void test_nul_is_refused(void **state)
{
    static const uint8_t text[] = { '[', 's', ']', '\n', 'k', '=', 'v', '\0', 'x', '\n' };
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);

    (void)state;
    assert_error(attest_ini_parse(attest_view_of(text), collect, &out, NULL), ATTEST_MALFORMED);
}

static enum attest_error parse_line_of(size_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(size + 16);
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(size + 16);

    attest_bytes_append_text(&text, "[s]\nk=");
    for (size_t i = 2; i < size; i++)
        attest_bytes_append_u8(&text, 'v');
    attest_bytes_append_u8(&text, '\n');
    return attest_ini_parse(attest_bytes_view(&text), collect, &out, NULL);
}

static void test_line_maximum(void **state)
{
    (void)state;
    assert_ok(parse_line_of(ATTEST_INI_LINE_MAX));
    assert_error(parse_line_of(ATTEST_INI_LINE_MAX + 1), ATTEST_TOO_LARGE);
    assert_error(parse_line_of(1 << 20), ATTEST_TOO_LARGE);
}

static enum attest_error stop(const struct attest_ini_entry *entry, void *context, struct attest_diag *diag)
{
    (void)diag;
    ++*(unsigned *)context;
    return attest_view_equal(entry->key, attest_view_text("bad")) ? ATTEST_DENIED : ATTEST_OK;
}

static void test_visitor_stops(void **state)
{
    struct attest_diag diag = { 0 };
    unsigned calls = 0;

    (void)state;
    assert_error(attest_ini_parse(attest_view_text("[s]\na=1\nbad=2\nc=3\n"), stop, &calls, &diag),
                 ATTEST_DENIED);
    assert_int_equal(calls, 3); /* the section, a, bad */
    assert_int_equal(diag.native, 3);
}

/* Whatever is cut off or changed, what is visited lies within the input (the sanitizer sees it). */
static void test_cut_and_changed(void **state)
{
    struct attest_view whole = attest_view_text("[a b]\n k = v\n#c\n;d\n[e]\nf=\n");

    (void)state;
    for (size_t size = 0; size <= whole.size; size++) {
        _cleanup_free_ uint8_t *cut = exact((struct attest_view){ whole.data, size });
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(100);
        enum attest_error error = attest_ini_parse((struct attest_view){ cut, size }, collect, &out, NULL);
        assert_true(error == ATTEST_OK || error == ATTEST_MALFORMED);
    }
    for (size_t at = 0; at < whole.size; at++)
        for (int byte = 0; byte < 256; byte++) {
            _cleanup_free_ uint8_t *changed = exact(whole);
            _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(200);
            changed[at] = (uint8_t)byte;
            enum attest_error error =
                attest_ini_parse((struct attest_view){ changed, whole.size }, collect, &out, NULL);
            assert_true(error == ATTEST_OK || error == ATTEST_MALFORMED);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_nul_is_refused), cmocka_unit_test(test_line_maximum),
        cmocka_unit_test(test_visitor_stops),  cmocka_unit_test(test_cut_and_changed),
    };
    return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
