/* SPDX-License-Identifier: Apache-2.0 */
/* Are name, key and flaws of a public area what tss2-mu and OpenSSL make of it? */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "evidence/tpmkey.h"

static const struct {
    const char *kind, *algorithm;
} kinds[] = {
    { "P-256", "ecdsa-p256" },   { "P-384", "ecdsa-p384" },   { "P-521", "ecdsa-p521" },
    { "RSASSA", "rsassa-2048" }, { "RSAPSS", "rsassa-2048" },
};
static struct wires wires[COUNT(kinds)];

static int make_wires(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        wires_init(&wires[i], kinds[i].kind);
    return 0;
}

static int free_wires(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        wires_done(&wires[i]);
    return 0;
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
        const TPM2B_NAME *signer = &wires[i].attest.qualifiedSigner;
        uint8_t qualified[ATTEST_TPMKEY_NAME_MAX];
        size_t size = 0;
        assert_ok(attest_tpmkey_parse(wire_view(&wires[i].public_wire), &key, NULL));
        assert_view(attest_tpmkey_name(&key), (struct attest_view){ wires[i].name, sizeof wires[i].name });
        assert_ok(attest_tpmkey_qualify(&key, ATTEST_TPM_RH_ENDORSEMENT, qualified, &size));
        assert_view((struct attest_view){ qualified, size },
                    (struct attest_view){ signer->name, signer->size });
        assert_string_equal(attest_tpmkey_algorithm(&key), kinds[i].algorithm);
        assert_null(attest_tpmkey_flaw(&key));
    }
}

static void test_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
        _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(4096);
        assert_ok(attest_tpmkey_parse(wire_view(&wires[i].public_wire), &key, NULL));
        assert_ok(attest_key_encode_pem(key.key, &pem));
        assert_text(attest_bytes_view(&pem), wires[i].pem);
    }
}

/* The wire is copied: what happens to the caller's is of no matter. */
static void test_owns_its_wire(void **state)
{
    (void)state;
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    uint8_t *wire = exact(wire_view(&wires[0].public_wire));

    assert_ok(attest_tpmkey_parse((struct attest_view){ wire, wires[0].public_wire.size }, &key, NULL));
    free(wire);
    assert_view(attest_bytes_view(&key.wire), wire_view(&wires[0].public_wire));
    assert_view(key.public.x, (struct attest_view){ wires[0].public.unique.ecc.x.buffer, 32 });
    attest_tpmkey_done(&key);
    assert_null(key.key);
    attest_tpmkey_done(&key);
}

static enum attest_error parse(const TPMT_PUBLIC *public, struct attest_tpmkey *ret_key)
{
    struct wire wire = { .size = 0 };

    assert_int_equal(Tss2_MU_TPMT_PUBLIC_Marshal(public, wire.data, sizeof wire.data, &wire.size), 0);
    return attest_tpmkey_parse(wire_view(&wire), ret_key, NULL);
}

static void test_flaws(void **state)
{
    static const struct {
        uint32_t change;
        const char *flaw;
    } cases[] = {
        { TPMA_OBJECT_FIXEDTPM, "fixedTPM" },
        { TPMA_OBJECT_FIXEDPARENT, "fixedParent" },
        { TPMA_OBJECT_SENSITIVEDATAORIGIN, "sensitiveDataOrigin" },
        { TPMA_OBJECT_RESTRICTED, "restricted" },
        { TPMA_OBJECT_SIGN_ENCRYPT, "sign" },
        { TPMA_OBJECT_DECRYPT, "decrypt to be clear" },
        { TPMA_OBJECT_USERWITHAUTH, NULL },
        { TPMA_OBJECT_NODA, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
        TPMT_PUBLIC public = wires[0].public;
        public.objectAttributes ^= cases[i].change;
        assert_ok(parse(&public, &key));
        const char *flaw = attest_tpmkey_flaw(&key);
        if (cases[i].flaw)
            assert_string_equal(flaw, cases[i].flaw);
        else
            assert_null(flaw);
    }
}

/* What a public area may say that no key can be, or that is not ours: malformed, never "no memory". */
static void test_impossible_keys(void **state)
{
    struct attest_tpmkey key = { .name_size = 42 };

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        TPMT_PUBLIC public = wires[i < 5 ? 0 : 3].public;
        switch (i) {
        case 0:
            public
            .unique.ecc.x.buffer[31] ^= 1;
            break;
        case 1:
            public
            .unique.ecc.x.size = public.unique.ecc.y.size = 0;
            break;
        case 2:
            public
            .unique.ecc.y.size = 31;
            break;
        case 3:
            public
            .parameters.eccDetail.curveID = TPM2_ECC_BN_P256;
            break;
        case 4:
            public
            .nameAlg = TPM2_ALG_NULL;
            break;
        case 5:
            public
            .unique.rsa.size = 0;
            break;
        case 6:
            public
            .unique.rsa.size = 128;
            break;
        default:
            public
            .parameters.rsaDetail.exponent = 2;
            break;
        }
        assert_int_equal(attest_error_category(parse(&public, &key)), ATTEST_CATEGORY_MALFORMED);
        assert_int_equal(key.name_size, 42);
    }
}

static void test_name_algorithms(void **state)
{
    static const struct {
        uint16_t alg;
        size_t size;
    } algorithms[] = { { TPM2_ALG_SHA1, 22 }, { TPM2_ALG_SHA384, 50 }, { TPM2_ALG_SHA512, 66 } };

    (void)state;
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
        TPMT_PUBLIC public = wires[0].public;
        public.nameAlg = algorithms[i].alg;
        assert_ok(parse(&public, &key));
        assert_int_equal(attest_tpmkey_name(&key).size, algorithms[i].size);
        assert_int_equal(attest_tpmkey_name(&key).data[1], algorithms[i].alg);
    }
}

static void test_cut_and_trailing(void **state)
{
    struct attest_tpmkey key;
    struct wire wire = wires[0].public_wire;

    (void)state;
    for (size_t size = 0; size < wire.size; size++)
        assert_error(attest_tpmkey_parse((struct attest_view){ wire.data, size }, &key, NULL),
                     ATTEST_TRUNCATED);
    wire.size++;
    assert_error(attest_tpmkey_parse(wire_view(&wire), &key, NULL), ATTEST_TRAILING);
    wire.size = sizeof wire.data;
    assert_error(attest_tpmkey_parse(wire_view(&wire), &key, NULL), ATTEST_TOO_LARGE);
}

static void test_other_algorithms(void **state)
{
    (void)state;
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { 0 };
    TPMT_PUBLIC public = wires[3].public;

    public.parameters.rsaDetail.keyBits = 3072;
    assert_ok(parse(&public, &key));
    assert_string_equal(attest_tpmkey_algorithm(&key), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_owns_its_wire),
        cmocka_unit_test(test_flaws),
        cmocka_unit_test(test_impossible_keys),
        cmocka_unit_test(test_name_algorithms),
        cmocka_unit_test(test_cut_and_trailing),
        cmocka_unit_test(test_other_algorithms),
    };
    return cmocka_run_group_tests_name("tpmkey", tests, make_wires, free_wires);
}
