/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bytes did the signature of this message sign, and with which algorithm? RFC 9052 §4.2, §4.4. Trusts
 * nothing; a header that nobody here would look at is refused, for it could be what another reader goes by.
 */
#include "codec/cose.h"

#include "base/error.h"
#include "codec/cbor.h"
#include "codec/cbor_writer.h"

#define LABEL_ALGORITHM 1 /* RFC 9052 §3.1 */

/* A Sign1 array, without its tag (§2). */
static enum attest_error take_array(struct attest_cbor *cbor, struct attest_diag *diag)
{
    struct attest_cbor_item item;

    attest_try(attest_cbor_next(cbor, &item, diag));
    if (item.type == ATTEST_CBOR_TAG) {
        if (item.value != ATTEST_COSE_TAG_SIGN1)
            return attest_fail(diag, ATTEST_UNSUPPORTED, "another", "tag 18 (COSE_Sign1) or none");
        attest_try(attest_cbor_next(cbor, &item, diag));
    }
    if (item.type != ATTEST_CBOR_ARRAY)
        return attest_fail(diag, ATTEST_MALFORMED, attest_cbor_type_name(item.type),
                           "an array, as COSE_Sign1 is");
    return ATTEST_OK;
}

/* {1: algorithm}, as a map that is the whole of the byte string. */
static enum attest_error parse_protected(struct attest_view header, int64_t *ret_algorithm,
                                         struct attest_diag *diag)
{
    struct attest_cbor cbor = attest_cbor_init(header);
    struct attest_cbor_item label, algorithm, end;

    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_MAP, "the protected header", &label, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_UNSIGNED, "the protected header's label", &label, diag));
    if (label.value != LABEL_ALGORITHM)
        return attest_fail(diag, ATTEST_UNSUPPORTED, "another label", "the algorithm alone in the header");
    attest_try(attest_cbor_next(&cbor, &algorithm, diag));
    if ((algorithm.type != ATTEST_CBOR_UNSIGNED && algorithm.type != ATTEST_CBOR_NEGATIVE) ||
        algorithm.value > INT64_MAX)
        return attest_fail(diag, ATTEST_UNSUPPORTED, attest_cbor_type_name(algorithm.type),
                           "an algorithm by its number");
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_END, "the protected header", &end, diag));
    attest_try(attest_cbor_end(&cbor, diag));
    *ret_algorithm =
        algorithm.type == ATTEST_CBOR_UNSIGNED ? (int64_t)algorithm.value : -1 - (int64_t)algorithm.value;
    return ATTEST_OK;
}

enum attest_error attest_cose_parse(struct attest_view wire, struct attest_cose_sign1 *ret_sign1,
                                    struct attest_diag *diag)
{
    struct attest_cbor cbor = attest_cbor_init(wire);
    struct attest_cbor_item protected, payload, signature, item;
    struct attest_cose_sign1 sign1 = { 0 };

    attest_try(take_array(&cbor, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_BYTES, "the protected header", &protected, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_MAP, "the unprotected header", &item, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_END, "the unprotected header", &item, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_BYTES, "the payload", &payload, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_BYTES, "the signature", &signature, diag));
    attest_try(attest_cbor_take(&cbor, ATTEST_CBOR_END, "COSE_Sign1", &item, diag));
    attest_try(attest_cbor_end(&cbor, diag));
    attest_try(parse_protected(protected.content, &sign1.algorithm, diag));
    sign1.protected = protected.content;
    sign1.payload = payload.content;
    sign1.signature = signature.content;
    *ret_sign1 = sign1;
    return ATTEST_OK;
}

enum attest_error attest_cose_signed(const struct attest_cose_sign1 *sign1, struct attest_bytes *out)
{
    attest_cbor_write_array(out, 4);
    attest_cbor_write_text(out, "Signature1");
    attest_cbor_write_bytes(out, sign1->protected);
    attest_cbor_write_bytes(out, (struct attest_view){ 0 }); /* external_aad */
    attest_cbor_write_bytes(out, sign1->payload);
    return attest_bytes_check(out);
}
