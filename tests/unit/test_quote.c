/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does exactly the right quote verify? Honest ones of every kind of key do; of changed ones none does; and of
 * those that are signed but say something else, the one check that should fail does.
 */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "attest/quote.h"
#include "base/key.h"
#include "evidence/verdict.h"

static const char *const kinds[] = { "P-256", "P-384", "P-521", "RSASSA", "RSAPSS" };
static struct wires honest[COUNT(kinds)];
static struct wires own; /* a copy to change */

static int make_wires(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        wires_init(&honest[i], kinds[i]);
    return 0;
}

static int free_wires(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        wires_done(&honest[i]);
    return 0;
}

static int copy_first(void **state)
{
    (void)state;
    own = honest[0];
    return 0;
}

static struct attest_key *key_of(const struct wires *wires)
{
    struct attest_key *key = NULL;

    assert_ok(attest_key_from_pem(attest_view_text(wires->pem), &key, NULL));
    return key;
}

/* Verifies and frees `quote`; `failed` gets the names of the checks that failed, each with a blank behind. */
static enum attest_error judge(struct attest_quote *quote, const struct attest_quote_demands *demands,
                               char failed[512])
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    char *at = failed;

    enum attest_error error = attest_quote_verify(quote, demands, verdict);
    *at = '\0';
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        assert_true(strlen(check.detail) > 0);
        if (!check.ok)
            at += sprintf(at, "%s ", check.name);
    }
    assert_int_equal(attest_verdict_holds(verdict), error == ATTEST_OK);
    assert_int_equal(error == ATTEST_OK, *failed == '\0');
    attest_quote_free(quote);
    return error;
}

static enum attest_error judge_with(const struct attest_quote_demands *demands, char failed[512])
{
    struct attest_quote *quote = NULL;

    assert_ok(attest_quote_from_bundle(attest_view_text(own.bundle), &quote, NULL));
    return judge(quote, demands, failed);
}

/* The bundle of `own` as it is now, with its own key and nonce asked for. */
static void assert_failed(const char *expected)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = key_of(&own);
    struct attest_quote_demands demands = { .key = key, .nonce = attest_view_of(own.nonce) };
    struct attest_quote *quote = NULL;
    char failed[512];

    assert_ok(attest_quote_from_bundle(attest_view_text(own.bundle), &quote, NULL));
    enum attest_error error = judge(quote, &demands, failed);
    assert_string_equal(failed, expected);
    assert_error(error, *expected ? ATTEST_REFUSED : ATTEST_OK);
}

static void test_honest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        own = honest[i];
        assert_failed("");
    }
}

static void test_claims(void **state)
{
    struct attest_quote *quote = NULL;

    (void)state;
    assert_ok(attest_quote_from_bundle(attest_view_text(own.bundle), &quote, NULL));
    struct attest_quote_claims claims = attest_quote_claims(quote);
    assert_int_equal(claims.bank, ATTEST_HASH_SHA384);
    assert_int_equal(claims.pcr_mask, 0x80f);
    assert_view(claims.nonce, attest_view_of(own.nonce));
    assert_view(claims.ak_name, attest_view_of(own.name));
    assert_true(claims.clock == own.attest.clockInfo.clock && claims.clock_safe);
    assert_int_equal(claims.reset_count, 9);
    assert_int_equal(claims.restart_count, 10);
    assert_true(claims.firmware_version == own.attest.firmwareVersion);
    assert_view(attest_quote_pcr(quote, 3), attest_view_of(own.pcrs[3]));
    assert_null(attest_quote_pcr(quote, 4).data);
    assert_null(attest_quote_pcr(quote, 24).data);
    assert_null(attest_quote_pcr(quote, UINT32_MAX).data);
    attest_quote_free(quote);
    attest_quote_free(NULL);
}

/* Signed by the key itself, but not what was asked for. */
static void test_signed_lies_of_form(void **state)
{
    (void)state;
    own.attest.clockInfo.safe = 0; /* of interest to a policy, no reason to refuse */
    wires_seal(&own);
    assert_failed("");

    own.attest.attested.quote.pcrDigest.buffer[31] ^= 1;
    wires_seal(&own);
    assert_failed("pcr_digest ");
    own.attest.attested.quote.pcrDigest.size = 31;
    wires_seal(&own);
    assert_failed("pcr_digest ");
    own.attest.attested.quote.pcrDigest.size = 0;
    wires_seal(&own);
    assert_failed("pcr_digest ");
}

/* Only the TPM itself writes the magic: whoever can have it sign other messages must not make a quote of one.
 */
static void test_signed_lies_of_magic_and_type(void **state)
{
    char failed[512];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct attest_quote_demands demands = { .allow_missing_key = true, .allow_missing_nonce = true };
        own = honest[0];
        if (i == 0)
            own.attest.magic ^= 1;
        else
            own.attest.type = TPM2_ST_ATTEST_TIME;
        wires_seal(&own);
        assert_error(judge_with(&demands, failed), ATTEST_REFUSED);
        assert_non_null(strstr(failed, i == 0 ? "magic " : "type "));
        assert_null(strstr(failed, "signature "));
    }
}

static void test_signed_lies_of_nonce(void **state)
{
    (void)state;
    own.attest.extraData.buffer[31] ^= 1;
    wires_seal(&own);
    assert_failed("nonce ");
    own.attest.extraData.size = 31;
    wires_seal(&own);
    assert_failed("nonce ");
    own.attest.extraData.size = 0;
    wires_seal(&own);
    assert_failed("nonce ");
}

/* The bundle's nonce is that of the quote, but not the one asked for. */
static void test_another_nonce(void **state)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = key_of(&own);
    uint8_t nonce[sizeof own.nonce + 1] = { 0 };
    char failed[512];

    (void)state;
    memcpy(nonce, own.nonce, sizeof own.nonce);
    for (size_t size = 0; size <= sizeof nonce; size++) {
        struct attest_quote_demands demands = { .key = key, .nonce = { nonce, size } };
        struct attest_quote *quote = NULL;
        assert_ok(attest_quote_from_bundle(attest_view_text(own.bundle), &quote, NULL));
        assert_error(judge(quote, &demands, failed), size == sizeof own.nonce ? ATTEST_OK : ATTEST_REFUSED);
    }
}

static void test_signed_lies_of_selection(void **state)
{
    TPML_PCR_SELECTION *select = &own.attest.attested.quote.pcrSelect;
    struct wires plain = own;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        char values[sizeof own.pcrs_json];
        own = plain;
        switch (i) {
        case 0:
            select->pcrSelections[0].pcrSelect[0] = 0x1f;
            break; /* one more than the values */
        case 1:
            select->pcrSelections[0].pcrSelect[0] = 0x07;
            break; /* one fewer */
        case 2:
            select->pcrSelections[0].hash = TPM2_ALG_SHA256;
            break;
        case 3:
            select->count = 0;
            break;
        default:
            select->pcrSelections[select->count++] =
                (TPMS_PCR_SELECTION){ .hash = TPM2_ALG_SHA256, .sizeofSelect = 3, .pcrSelect = { 1 } };
        }
        strcpy(values, own.pcrs_json);
        wires_seal(&own);
        _cleanup_(attest_key_cleanup) struct attest_key *key = key_of(&own);
        struct attest_quote_demands demands = { .key = key, .nonce = attest_view_of(own.nonce) };
        struct attest_quote *quote = NULL;
        char failed[512];
        assert_ok(attest_quote_from_parts(wire_view(&own.attest_wire), wire_view(&own.signature_wire),
                                          attest_view_text(values), &quote, NULL));
        assert_error(judge(quote, &demands, failed), ATTEST_REFUSED);
        assert_string_equal(failed, i == 3 ? "bank selection " : "selection ");
    }
}

/* A selection of nothing in another bank, as some TPMs and tools send, changes nothing. */
static void test_empty_selection_beside(void **state)
{
    TPML_PCR_SELECTION *select = &own.attest.attested.quote.pcrSelect;

    (void)state;
    select->pcrSelections[select->count++] =
        (TPMS_PCR_SELECTION){ .hash = TPM2_ALG_SHA1, .sizeofSelect = 3, .pcrSelect = { 0 } };
    wires_seal(&own);
    assert_failed("");
}

static void test_lies_about_the_ak(void **state)
{
    struct wires plain = own, other;

    (void)state;
    own.attest.qualifiedSigner.name[5] ^= 1;
    wires_seal(&own);
    assert_failed("qualified_signer ");

    own = plain;
    own.name[5] ^= 1;
    wires_seal(&own);
    assert_failed("ak_name ");

    own = plain;
    own.public.objectAttributes &= ~TPMA_OBJECT_RESTRICTED;
    wires_name(&own);
    wires_seal(&own);
    assert_failed("ak_attributes ");

    own = plain; /* somebody else's public area, with his name and quote; the key asked for signed */
    wires_init(&other, "P-256");
    own.public = other.public;
    wires_name(&own);
    wires_seal(&own);
    assert_failed("ak_key ");
    wires_done(&other);
}

static void test_sha1_signature_never_holds(void **state)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = key_of(&own);
    struct attest_quote_demands demands = { .key = key,
                                            .nonce = attest_view_of(own.nonce),
                                            .allow_sha1 = true };
    struct attest_quote *quote = NULL;
    char failed[512];

    (void)state;
    own.public.parameters.eccDetail.scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA1;
    wires_name(&own);
    wires_digest_pcrs(&own);
    wires_seal(&own);
    assert_ok(attest_quote_from_bundle(attest_view_text(own.bundle), &quote, NULL));
    assert_error(judge(quote, &demands, failed), ATTEST_REFUSED);
    assert_string_equal(failed, "signature ");
}

/* A yes always answers a question. */
static void test_unasked(void **state)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = key_of(&own), *other = key_of(&honest[1]);
    _cleanup_(attest_key_cleanup) struct attest_key *rsa = key_of(&honest[3]);
    const struct attest_view nonce = attest_view_of(own.nonce);
    const struct {
        struct attest_quote_demands demands;
        const char *failed;
    } cases[] = {
        { { .key = key, .nonce = nonce }, "" },
        { { 0 }, "key nonce " },
        { { .key = key }, "nonce " },
        { { .nonce = nonce }, "key " },
        { { .nonce = nonce, .allow_missing_key = true }, "" },
        { { .key = key, .allow_missing_nonce = true }, "" },
        { { .key = other, .nonce = nonce }, "signature ak_key " },
        { { .key = rsa, .nonce = nonce }, "signature ak_key " },
        { { .key = other, .nonce = nonce, .allow_missing_key = true }, "signature ak_key " },
        { { .key = key, .nonce = attest_view_text("x"), .allow_missing_nonce = true }, "nonce " },
    };
    char failed[512];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum attest_error error = judge_with(&cases[i].demands, failed);
        assert_string_equal(failed, cases[i].failed);
        assert_error(error, *failed ? ATTEST_REFUSED : ATTEST_OK);
    }
}

static enum attest_error judge_parts(const struct wires *wires, struct attest_view message,
                                     struct attest_view signature, const char *pcrs, struct attest_view nonce)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = key_of(wires);
    struct attest_quote_demands demands = { .key = key, .nonce = nonce };
    struct attest_quote *quote = NULL;
    char failed[512];

    enum attest_error error = attest_quote_from_parts(message, signature, attest_view_text(pcrs), &quote, NULL);
    return error == ATTEST_OK ? judge(quote, &demands, failed) : error;
}

/* Every bit of the message and of the signature, every byte of the nonce and of the PCRs' digits. */
static void check_every_byte(struct wires *wires)
{
    struct attest_view message = wire_view(&wires->attest_wire), signature = wire_view(&wires->signature_wire);
    struct attest_view nonce = attest_view_of(wires->nonce);

    assert_ok(judge_parts(wires, message, signature, wires->pcrs_json, nonce));
    for (size_t bit = 0; bit < 8 * message.size; bit++) {
        wires->attest_wire.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(judge_parts(wires, message, signature, wires->pcrs_json, nonce), ATTEST_OK);
        wires->attest_wire.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * signature.size; bit += 3) {
        wires->signature_wire.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(judge_parts(wires, message, signature, wires->pcrs_json, nonce), ATTEST_OK);
        wires->signature_wire.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t at = 0; at < nonce.size; at++) {
        wires->nonce[at] ^= 0x80;
        assert_int_not_equal(judge_parts(wires, message, signature, wires->pcrs_json, nonce), ATTEST_OK);
        wires->nonce[at] ^= 0x80;
    }
    for (char *at = strstr(wires->pcrs_json, "\"pcrs\""); *at; at++) {
        char saved = *at;
        if (saved != '0')
            continue;
        *at = '4';
        assert_int_not_equal(judge_parts(wires, message, signature, wires->pcrs_json, nonce), ATTEST_OK);
        *at = saved;
    }
}

static void test_every_byte_of_ecdsa(void **state)
{
    (void)state;
    check_every_byte(&own);
}

static void test_every_byte_of_rsa(void **state)
{
    (void)state;
    own = honest[3];
    check_every_byte(&own);
}

/* Other tools' signatures don't say their scheme: a bare RSA value, of either padding. */
static void test_bare_rsa(void **state)
{
    (void)state;
    for (size_t i = 3; i < 5; i++) {
        const struct wires *rsa = &honest[i];
        struct attest_view bare = { rsa->signature.signature.rsassa.sig.buffer,
                                    rsa->signature.signature.rsassa.sig.size };
        assert_ok(
            judge_parts(rsa, wire_view(&rsa->attest_wire), bare, rsa->pcrs_json, attest_view_of(rsa->nonce)));
        bare.size--;
        assert_error(
            judge_parts(rsa, wire_view(&rsa->attest_wire), bare, rsa->pcrs_json, attest_view_of(rsa->nonce)),
            ATTEST_REFUSED);
    }
}

static void test_parts_of_all_sizes(void **state)
{
    static const uint8_t zeros[1025];
    struct attest_view message = wire_view(&own.attest_wire), signature = wire_view(&own.signature_wire);
    struct attest_view nonce = attest_view_of(own.nonce);

    (void)state;
    assert_error(judge_parts(&own, attest_view_of(zeros), signature, own.pcrs_json, nonce), ATTEST_TOO_LARGE);
    assert_error(judge_parts(&own, message, attest_view_of(zeros), own.pcrs_json, nonce), ATTEST_TOO_LARGE);
    assert_error(judge_parts(&own, message, signature, "{", nonce), ATTEST_MALFORMED);
    for (size_t size = 0; size < message.size; size++)
        assert_error(
            judge_parts(&own, (struct attest_view){ message.data, size }, signature, own.pcrs_json, nonce),
            ATTEST_TRUNCATED);
    for (size_t size = 0; size < signature.size; size++)
        assert_error(
            judge_parts(&own, message, (struct attest_view){ signature.data, size }, own.pcrs_json, nonce),
            ATTEST_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_honest, copy_first),
        cmocka_unit_test_setup(test_claims, copy_first),
        cmocka_unit_test_setup(test_signed_lies_of_form, copy_first),
        cmocka_unit_test_setup(test_signed_lies_of_magic_and_type, copy_first),
        cmocka_unit_test_setup(test_signed_lies_of_nonce, copy_first),
        cmocka_unit_test_setup(test_another_nonce, copy_first),
        cmocka_unit_test_setup(test_signed_lies_of_selection, copy_first),
        cmocka_unit_test_setup(test_empty_selection_beside, copy_first),
        cmocka_unit_test_setup(test_lies_about_the_ak, copy_first),
        cmocka_unit_test_setup(test_sha1_signature_never_holds, copy_first),
        cmocka_unit_test_setup(test_unasked, copy_first),
        cmocka_unit_test_setup(test_every_byte_of_ecdsa, copy_first),
        cmocka_unit_test_setup(test_every_byte_of_rsa, copy_first),
        cmocka_unit_test_setup(test_bare_rsa, copy_first),
        cmocka_unit_test_setup(test_parts_of_all_sizes, copy_first),
    };
    return cmocka_run_group_tests_name("quote", tests, make_wires, free_wires);
}
