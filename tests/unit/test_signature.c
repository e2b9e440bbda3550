/* SPDX-License-Identifier: Apache-2.0 */
/* Is a signature of each form accepted, and no other? OpenSSL signs, tss2-mu marshals; tests/unit/test_quote.c
 * has more. */
#include "tests/unit/unit.h"
#include "tests/unit/wires.h"

#include "codec/tpmwire.h"
#include "evidence/signature.h"
#include "evidence/verdict.h"

/* Whether the check, of which there is one, holds. */
static bool holds(struct attest_view wire, const char *pem, struct attest_view message, enum attest_hash hash)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;

    if (pem)
        assert_ok(attest_key_from_pem(attest_view_text(pem), &key, NULL));
    assert_ok(attest_signature_check(wire, key, message, hash, verdict));
    assert_int_equal(attest_verdict_count(verdict), 1);
    assert_string_equal(attest_verdict_check(verdict, 0).name, "signature");
    return attest_verdict_check(verdict, 0).ok;
}

static void test_kinds(void **state)
{
    static const char *const kinds[] = { "P-256", "P-384", "P-521", "RSASSA", "RSAPSS" };

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct wires wires, other;
        wires_init(&wires, kinds[i]);
        wires_init(&other, kinds[i]);
        struct attest_view wire = wire_view(&wires.signature_wire), message = wire_view(&wires.attest_wire);
        assert_true(holds(wire, wires.pem, message, ATTEST_HASH_NONE));
        assert_false(holds(wire, other.pem, message, ATTEST_HASH_NONE));
        assert_false(holds(wire, NULL, message, ATTEST_HASH_NONE));
        message.size--;
        assert_false(holds(wire, wires.pem, message, ATTEST_HASH_NONE));
        message.size++;
        wires.signature_wire.data[3] = ATTEST_TPM_ALG_SHA1;
        assert_false(holds(wire, wires.pem, message, ATTEST_HASH_NONE));
        wires_done(&wires);
        wires_done(&other);
    }
}

static void test_bare(void **state)
{
    static const char *const kinds[] = { "RSASSA", "RSAPSS" };

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct wires wires;
        wires_init(&wires, kinds[i]);
        const TPM2B_PUBLIC_KEY_RSA *value = &wires.signature.signature.rsassa.sig;
        struct attest_view wire = { value->buffer, value->size }, message = wire_view(&wires.attest_wire);
        enum attest_hash hash = attest_tpmwire_hash(wires.signature.signature.any.hashAlg);
        assert_true(holds(wire, wires.pem, message, hash));
        assert_false(holds(wire, wires.pem, message, ATTEST_HASH_SHA512));
        assert_false(holds(wire, wires.pem, message, ATTEST_HASH_SHA1));
        assert_false(holds(wire, wires.pem, message, ATTEST_HASH_NONE));
        wires_done(&wires);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_bare),
    };
    return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
