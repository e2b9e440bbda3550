/* SPDX-License-Identifier: Apache-2.0 */
/* Structures as tss2-mu marshals them: read right, and refused when cut, lengthened or lying. */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "codec/tpmwire.h"

static const char *const kinds[] = { "P-256", "P-384", "P-521", "RSASSA", "RSAPSS" };
static struct wires wires[COUNT(kinds)];

static int make_wires(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        wires_init(&wires[i], kinds[i]);
    return 0;
}

static int free_wires(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        wires_done(&wires[i]);
    return 0;
}

static enum attest_error parse_attest(struct attest_view wire)
{
    struct attest_tpm_attest attest = { .type = 42 };
    struct attest_diag diag = { 0 };
    _cleanup_free_ uint8_t *copy = exact(wire);

    enum attest_error error =
        attest_tpmwire_parse_attest((struct attest_view){ copy, wire.size }, &attest, &diag);
    assert_true(error == ATTEST_OK || (attest.type == 42 && strlen(diag.expected) > 0));
    return error;
}

static enum attest_error parse_public(struct attest_view wire)
{
    struct attest_tpm_public public = { .type = 42 };
    struct attest_diag diag = { 0 };
    _cleanup_free_ uint8_t *copy = exact(wire);

    enum attest_error error =
        attest_tpmwire_parse_public((struct attest_view){ copy, wire.size }, &public, &diag);
    assert_true(error == ATTEST_OK || (public.type == 42 && strlen(diag.expected) > 0));
    return error;
}

static enum attest_error parse_signature(struct attest_view wire)
{
    struct attest_tpm_signature signature = { .scheme = 42 };
    struct attest_diag diag = { 0 };
    _cleanup_free_ uint8_t *copy = exact(wire);

    enum attest_error error =
        attest_tpmwire_parse_signature((struct attest_view){ copy, wire.size }, &signature, &diag);
    assert_true(error == ATTEST_OK || (signature.scheme == 42 && strlen(diag.expected) > 0));
    return error;
}

static void test_attest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const TPMS_ATTEST *from = &wires[i].attest;
        struct attest_tpm_attest attest;
        assert_ok(attest_tpmwire_parse_attest(wire_view(&wires[i].attest_wire), &attest, NULL));
        assert_true(attest_tpmwire_is_quote(&attest));
        assert_view(attest.qualified_signer,
                    (struct attest_view){ from->qualifiedSigner.name, from->qualifiedSigner.size });
        assert_view(attest.extra_data, (struct attest_view){ from->extraData.buffer, from->extraData.size });
        assert_true(attest.clock == from->clockInfo.clock);
        assert_int_equal(attest.reset_count, from->clockInfo.resetCount);
        assert_int_equal(attest.restart_count, from->clockInfo.restartCount);
        assert_true(attest.safe);
        assert_true(attest.firmware_version == from->firmwareVersion);
        assert_int_equal(attest.selection_count, 1);
        assert_int_equal(attest.selections[0].alg, TPM2_ALG_SHA384);
        assert_int_equal(attest.selections[0].mask, 0x80f);
        assert_view(attest.pcr_digest, (struct attest_view){ from->attested.quote.pcrDigest.buffer,
                                                             from->attested.quote.pcrDigest.size });
    }
}

static void test_public(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const TPMT_PUBLIC *from = &wires[i].public;
        struct attest_tpm_public public;
        assert_ok(attest_tpmwire_parse_public(wire_view(&wires[i].public_wire), &public, NULL));
        assert_int_equal(public.type, from->type);
        assert_int_equal(public.name_alg, TPM2_ALG_SHA256);
        assert_int_equal(public.attributes, from->objectAttributes);
        assert_int_equal(public.auth_policy.size, 0);
        if (from->type == TPM2_ALG_RSA) {
            assert_int_equal(public.scheme, from->parameters.rsaDetail.scheme.scheme);
            assert_int_equal(public.scheme_hash, from->parameters.rsaDetail.scheme.details.rsassa.hashAlg);
            assert_int_equal(public.key_bits, 2048);
            assert_int_equal(public.exponent, 0);
            assert_view(public.x, (struct attest_view){ from->unique.rsa.buffer, from->unique.rsa.size });
        } else {
            assert_int_equal(public.scheme, TPM2_ALG_ECDSA);
            assert_int_equal(public.curve, from->parameters.eccDetail.curveID);
            assert_view(public.x, (struct attest_view){ from->unique.ecc.x.buffer, from->unique.ecc.x.size });
            assert_view(public.y, (struct attest_view){ from->unique.ecc.y.buffer, from->unique.ecc.y.size });
        }
    }
}

/* The forms of scheme, symmetric algorithm and KDF that the keys above don't have. */
static void test_public_of_other_forms(void **state)
{
    static const TPMI_ALG_ASYM_SCHEME schemes[] = { TPM2_ALG_NULL, TPM2_ALG_RSAES, TPM2_ALG_OAEP };
    struct attest_tpm_public public;
    struct wire wire;

    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        TPMT_PUBLIC storage = wires[3].public;
        storage.authPolicy.size = 32;
        storage.parameters.rsaDetail.exponent = 3;
        storage.parameters.rsaDetail.scheme.scheme = schemes[i];
        storage.parameters.rsaDetail.symmetric =
            (TPMT_SYM_DEF_OBJECT){ .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB };
        wire.size = 0;
        assert_int_equal(Tss2_MU_TPMT_PUBLIC_Marshal(&storage, wire.data, sizeof wire.data, &wire.size), 0);
        assert_ok(attest_tpmwire_parse_public(wire_view(&wire), &public, NULL));
        assert_int_equal(public.scheme, schemes[i]);
        assert_int_equal(public.exponent, 3);
        assert_int_equal(public.auth_policy.size, 32);
        assert_int_equal(public.x.size, 256);
    }
    TPMT_PUBLIC ecdaa = wires[0].public;
    ecdaa.parameters.eccDetail.scheme.scheme = TPM2_ALG_ECDAA;
    ecdaa.parameters.eccDetail.kdf.scheme = TPM2_ALG_KDF1_SP800_56A;
    ecdaa.parameters.eccDetail.kdf.details.kdf1_sp800_56a.hashAlg = TPM2_ALG_SHA256;
    wire.size = 0;
    assert_int_equal(Tss2_MU_TPMT_PUBLIC_Marshal(&ecdaa, wire.data, sizeof wire.data, &wire.size), 0);
    assert_ok(attest_tpmwire_parse_public(wire_view(&wire), &public, NULL));
    assert_int_equal(public.y.size, 32);
}

static void test_signature(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const TPMT_SIGNATURE *from = &wires[i].signature;
        struct attest_tpm_signature signature;
        assert_ok(attest_tpmwire_parse_signature(wire_view(&wires[i].signature_wire), &signature, NULL));
        assert_int_equal(signature.scheme, from->sigAlg);
        assert_int_equal(signature.hash, from->signature.any.hashAlg);
        if (from->sigAlg == TPM2_ALG_ECDSA) {
            const TPMS_SIGNATURE_ECDSA *pair = &from->signature.ecdsa;
            assert_view(signature.r, (struct attest_view){ pair->signatureR.buffer, pair->signatureR.size });
            assert_view(signature.s, (struct attest_view){ pair->signatureS.buffer, pair->signatureS.size });
        } else {
            const TPM2B_PUBLIC_KEY_RSA *value = &from->signature.rsassa.sig;
            assert_view(signature.r, (struct attest_view){ value->buffer, value->size });
            assert_int_equal(signature.s.size, 0);
        }
    }
}

typedef enum attest_error parser(struct attest_view wire);

/* The same for each structure of each kind of key. */
static void each_wire(void (*check)(parser *parse, const struct wire *wire))
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        check(parse_attest, &wires[i].attest_wire);
        check(parse_public, &wires[i].public_wire);
        check(parse_signature, &wires[i].signature_wire);
    }
}

static void check_cuts(parser *parse, const struct wire *wire)
{
    for (size_t size = 0; size < wire->size; size++)
        assert_error(parse((struct attest_view){ wire->data, size }), ATTEST_TRUNCATED);
    assert_ok(parse(wire_view(wire)));
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    each_wire(check_cuts);
}

static void check_trailing(parser *parse, const struct wire *wire)
{
    struct wire longer = *wire;

    longer.data[longer.size++] = 0;
    assert_error(parse(wire_view(&longer)), ATTEST_TRAILING);
    longer.size = sizeof longer.data;
    assert_error(parse(wire_view(&longer)), ATTEST_TRAILING);
}

static void test_trailing(void **state)
{
    (void)state;
    each_wire(check_trailing);
}

/* Every byte with every value: that covers every lie of every length. Nothing may be read outside (exact), and
 * the error is always one of a parser's. */
static void check_changes(parser *parse, const struct wire *wire)
{
    for (size_t at = 0; at < wire->size; at++)
        for (int byte = 0; byte < 256; byte += at < 64 ? 1 : 51) {
            struct wire changed = *wire;
            changed.data[at] = (uint8_t)byte;
            enum attest_category category = attest_error_category(parse(wire_view(&changed)));
            assert_true(category == ATTEST_CATEGORY_OK || category == ATTEST_CATEGORY_MALFORMED);
        }
}

static void test_every_byte_changed(void **state)
{
    (void)state;
    each_wire(check_changes);
}

/* The `size` bytes at `offset` as a big-endian number. */
static enum attest_error parse_with(parser *parse, const struct wire *wire, size_t offset, size_t size,
                                    uint64_t value)
{
    struct wire changed = *wire;

    for (size_t i = 0; i < size; i++)
        changed.data[offset + i] = (uint8_t)(value >> 8 * (size - 1 - i));
    return parse(wire_view(&changed));
}

/* Offsets in a quote: magic 0, type 4, signer 6 (+34), nonce 42 (+32), clock 76, counts 84, safe 92, firmware
 * 93, selections 101, algorithm 105, size 107, digest 111. */
static void test_attest_limits(void **state)
{
    const struct wire *wire = &wires[0].attest_wire;
    const size_t lengths[] = { 6, 42, 111 };

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        uint64_t length = (uint64_t)wire->data[lengths[i]] << 8 | wire->data[lengths[i] + 1];
        const uint64_t lies[] = { 0, length - 1, length + 1, 67, 0x7fff, 0xffff };
        for (size_t lie = 0; lie < COUNT(lies); lie++)
            assert_int_not_equal(parse_with(parse_attest, wire, lengths[i], 2, lies[lie]), ATTEST_OK);
    }
    assert_error(parse_with(parse_attest, wire, 101, 4, 17), ATTEST_MALFORMED);
    assert_error(parse_with(parse_attest, wire, 101, 4, 0xffffffff), ATTEST_MALFORMED);
    assert_int_not_equal(parse_with(parse_attest, wire, 101, 4, 16), ATTEST_OK);
    assert_error(parse_with(parse_attest, wire, 107, 1, 4), ATTEST_UNSUPPORTED);
    assert_error(parse_with(parse_attest, wire, 107, 1, 255), ATTEST_UNSUPPORTED);
    assert_error(parse_with(parse_attest, wire, 92, 1, 2), ATTEST_MALFORMED);
    assert_ok(parse_with(parse_attest, wire, 92, 1, 0));
}

/* Where magic or type are others, the rest is not looked at: that it is no quote is for a verdict to say. */
static void test_other_attestations(void **state)
{
    struct attest_tpm_attest attest;
    struct wire changed = wires[0].attest_wire;

    (void)state;
    changed.data[0] ^= 1;
    assert_ok(attest_tpmwire_parse_attest(wire_view(&changed), &attest, NULL));
    assert_false(attest_tpmwire_is_quote(&attest));
    assert_int_equal(attest.extra_data.size, 0);
    assert_int_equal(attest.pcr_digest.size, 0);
    changed = wires[0].attest_wire;
    changed.data[5] = 0x17; /* TPM_ST_ATTEST_CERTIFY */
    assert_ok(attest_tpmwire_parse_attest(wire_view(&changed), &attest, NULL));
    assert_false(attest_tpmwire_is_quote(&attest));
    assert_int_equal(attest.selection_count, 0);
}

static void test_selections(void **state)
{
    struct wires own = wires[0];
    TPML_PCR_SELECTION *select = &own.attest.attested.quote.pcrSelect;
    struct attest_tpm_attest attest;

    (void)state;
    select->count = 16;
    for (unsigned i = 0; i < 16; i++)
        select->pcrSelections[i] =
            (TPMS_PCR_SELECTION){ .hash = TPM2_ALG_SHA1, .sizeofSelect = 3, .pcrSelect = { (BYTE)i, 0, 0x80 } };
    select->pcrSelections[0].sizeofSelect = 1;
    own.attest_wire.size = 0;
    assert_int_equal(Tss2_MU_TPMS_ATTEST_Marshal(&own.attest, own.attest_wire.data, sizeof own.attest_wire.data,
                                                 &own.attest_wire.size),
                     0);
    assert_ok(attest_tpmwire_parse_attest(wire_view(&own.attest_wire), &attest, NULL));
    assert_int_equal(attest.selection_count, 16);
    assert_int_equal(attest.selections[0].mask, 0);
    for (unsigned i = 1; i < 16; i++)
        assert_int_equal(attest.selections[i].mask, 0x800000 | i);
}

static void test_unsupported(void **state)
{
    static const uint64_t types[] = { 0x0000, 0x0008 /* KEYEDHASH */, 0x0025 /* SYMCIPHER */, 0xffff };

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        assert_error(parse_with(parse_public, &wires[0].public_wire, 0, 2, types[i]), ATTEST_UNSUPPORTED);
        assert_error(parse_with(parse_signature, &wires[0].signature_wire, 0, 2, types[i]), ATTEST_UNSUPPORTED);
    }
}

static void test_hashes(void **state)
{
    static const struct {
        enum attest_hash hash;
        uint16_t alg;
    } table[] = {
        { ATTEST_HASH_SHA1, TPM2_ALG_SHA1 },
        { ATTEST_HASH_SHA256, TPM2_ALG_SHA256 },
        { ATTEST_HASH_SHA384, TPM2_ALG_SHA384 },
        { ATTEST_HASH_SHA512, TPM2_ALG_SHA512 },
    };
    size_t known = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(attest_tpmwire_hash(table[i].alg), table[i].hash);
        assert_int_equal(attest_tpmwire_alg(table[i].hash), table[i].alg);
    }
    for (unsigned alg = 0; alg <= 0xffff; alg++)
        known += attest_tpmwire_hash((uint16_t)alg) != ATTEST_HASH_NONE;
    assert_int_equal(known, COUNT(table));
    assert_int_equal(attest_tpmwire_alg(ATTEST_HASH_NONE), 0);
    assert_int_equal(attest_tpmwire_alg((enum attest_hash)1000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attest),
        cmocka_unit_test(test_public),
        cmocka_unit_test(test_public_of_other_forms),
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_trailing),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_attest_limits),
        cmocka_unit_test(test_other_attestations),
        cmocka_unit_test(test_selections),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_hashes),
    };
    return cmocka_run_group_tests_name("tpmwire", tests, make_wires, free_wires);
}
