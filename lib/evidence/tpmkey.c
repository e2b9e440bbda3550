/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key is this public area, and may what it signs be believed? Trusts nothing but the bytes themselves:
 * name and key are computed from them (TPM 2.0 Part 1 §16, Part 2 §12.2).
 */
#include "evidence/tpmkey.h"

#include "base/cleanup.h"
#include "base/error.h"

#define PUBLIC_MAX                                                                                             \
    ((size_t)1024) /* more than any TPMT_PUBLIC: TPMs have buffers of 4 KiB for whole commands                 \
                    */

static const struct {
    uint16_t tpm; /* TPM_ECC_CURVE, Part 2 §6.4 */
    enum attest_key_curve curve;
    const char *name;
} curves[] = {
    { 0x0003, ATTEST_KEY_P256, "ecdsa-p256" },
    { 0x0004, ATTEST_KEY_P384, "ecdsa-p384" },
    { 0x0005, ATTEST_KEY_P521, "ecdsa-p521" },
};

#define CURVE_COUNT (sizeof curves / sizeof curves[0])

static size_t find_curve(uint16_t tpm)
{
    size_t i = 0;
    while (i < CURVE_COUNT && curves[i].tpm != tpm)
        i++;
    return i;
}

static enum attest_error load_key(const struct attest_tpm_public *public, struct attest_key **ret_key,
                                  struct attest_diag *diag)
{
    if (public->type == ATTEST_TPM_ALG_RSA)
        return attest_key_from_rsa(public->x, public->exponent ?: 65537, ret_key, diag);

    size_t i = find_curve(public->curve);
    if (i == CURVE_COUNT)
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "P-256, P-384 or P-521, not curve 0x%04x",
                           public->curve);
    return attest_key_from_ec(curves[i].curve, public->x, public->y, ret_key, diag);
}

/* nameAlg || H(parts), the form of names and of qualified names. */
static enum attest_error make_name(uint16_t name_alg, const struct attest_view *parts, size_t count,
                                   uint8_t ret_name[ATTEST_TPMKEY_NAME_MAX], size_t *ret_size)
{
    enum attest_hash hash = attest_tpmwire_hash(name_alg);

    attest_try(attest_hash_digest(hash, parts, count, ret_name + 2));
    ret_name[0] = (uint8_t)(name_alg >> 8);
    ret_name[1] = (uint8_t)name_alg;
    *ret_size = 2 + attest_hash_size(hash);
    return ATTEST_OK;
}

enum attest_error attest_tpmkey_parse(struct attest_view wire, struct attest_tpmkey *ret_key,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_tpmkey_done) struct attest_tpmkey key = { .wire = attest_bytes_init(PUBLIC_MAX) };

    attest_bytes_append(&key.wire, wire);
    attest_try(attest_bytes_check(&key.wire));
    struct attest_view own = attest_bytes_view(&key.wire);
    attest_try(attest_tpmwire_parse_public(own, &key.public, diag));
    attest_try(load_key(&key.public, &key.key, diag));
    attest_try(make_name(key.public.name_alg, &own, 1, key.name, &key.name_size));
    *ret_key = key;
    key = (struct attest_tpmkey){ 0 };
    return ATTEST_OK;
}

void attest_tpmkey_done(struct attest_tpmkey *key)
{
    attest_bytes_done(&key->wire);
    attest_key_free(key->key);
    *key = (struct attest_tpmkey){ 0 };
}

struct attest_view attest_tpmkey_name(const struct attest_tpmkey *key)
{
    return (struct attest_view){ key->name, key->name_size };
}

enum attest_error attest_tpmkey_qualify(const struct attest_tpmkey *key, uint32_t hierarchy,
                                        uint8_t ret_name[ATTEST_TPMKEY_NAME_MAX], size_t *ret_size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes handle = attest_bytes_init(4);

    attest_bytes_append_u32(&handle, hierarchy);
    attest_try(attest_bytes_check(&handle));
    const struct attest_view parts[] = { attest_bytes_view(&handle), attest_tpmkey_name(key) };
    return make_name(key->public.name_alg, parts, 2, ret_name, ret_size);
}

const char *attest_tpmkey_flaw(const struct attest_tpmkey *key)
{
    static const struct {
        uint32_t attribute;
        const char *name;
    } demanded[] = {
        { ATTEST_TPMA_FIXED_TPM, "fixedTPM" },
        { ATTEST_TPMA_FIXED_PARENT, "fixedParent" },
        { ATTEST_TPMA_SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin" },
        { ATTEST_TPMA_RESTRICTED, "restricted" },
        { ATTEST_TPMA_SIGN, "sign" },
    };

    for (size_t i = 0; i < sizeof demanded / sizeof demanded[0]; i++)
        if (!(key->public.attributes & demanded[i].attribute))
            return demanded[i].name;
    if (key->public.attributes & ATTEST_TPMA_DECRYPT)
        return "decrypt to be clear";
    return key->public.name_alg == ATTEST_TPM_ALG_SHA1 ? "a nameAlg better than SHA-1" : NULL;
}

const char *attest_tpmkey_algorithm(const struct attest_tpmkey *key)
{
    if (key->public.type == ATTEST_TPM_ALG_RSA)
        return key->public.key_bits == 2048 ? "rsassa-2048" : "unknown";
    size_t i = find_curve(key->public.curve);
    return i < CURVE_COUNT ? curves[i].name : "unknown";
}

void attest_tpmkey_write(struct attest_json_writer *json, const struct attest_tpmkey *key,
                         struct attest_view pem)
{
    attest_json_write_hex(json, "name", attest_tpmkey_name(key));
    attest_json_write_base64(json, "public", attest_bytes_view(&key->wire));
    attest_json_write_text_view(json, "pem", pem);
}
