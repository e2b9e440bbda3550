/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do these bytes of a TPM say? Trusts nothing: sizes are bounded by what the structures may hold (TPM 2.0
 * Library Part 2, the sections named in tpmwire.h), and each structure must end where the input ends.
 */
#include "codec/tpmwire.h"

#include "base/error.h"
#include "base/reader.h"

#define NAME_MAX_SIZE (2 + ATTEST_HASH_MAX_SIZE) /* TPMU_NAME, §10.5.2: algorithm and digest */
#define DATA_MAX_SIZE (2 + ATTEST_HASH_MAX_SIZE) /* TPM2B_DATA, §10.4.3: sizeof(TPMT_HA) */
#define RSA_MAX_SIZE  512
#define ECC_MAX_SIZE  66
#define SELECT_SIZE   3 /* 24 PCRs: PC Client Platform TPM Profile §4.6 */

static const uint16_t algs[ATTEST_HASH_COUNT] = {
    [ATTEST_HASH_SHA1] = ATTEST_TPM_ALG_SHA1,
    [ATTEST_HASH_SHA256] = ATTEST_TPM_ALG_SHA256,
    [ATTEST_HASH_SHA384] = ATTEST_TPM_ALG_SHA384,
    [ATTEST_HASH_SHA512] = ATTEST_TPM_ALG_SHA512,
};

enum attest_hash attest_tpmwire_hash(uint16_t alg)
{
    for (size_t i = ATTEST_HASH_SHA1; i < ATTEST_HASH_COUNT; i++)
        if (algs[i] == alg)
            return (enum attest_hash)i;
    return ATTEST_HASH_NONE;
}

uint16_t attest_tpmwire_alg(enum attest_hash hash)
{
    return (size_t)hash < ATTEST_HASH_COUNT ? algs[hash] : 0;
}

bool attest_tpmwire_is_quote(const struct attest_tpm_attest *attest)
{
    return attest->magic == ATTEST_TPM_GENERATED_VALUE && attest->type == ATTEST_TPM_ST_ATTEST_QUOTE;
}

static enum attest_error parse_selection(struct attest_reader *reader, struct attest_tpm_selection *selection,
                                         struct attest_diag *diag)
{
    selection->alg = attest_reader_u16(reader);
    uint8_t size = attest_reader_u8(reader);
    if (size > SELECT_SIZE)
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "a PCR selection of at most %d bytes", SELECT_SIZE);
    for (unsigned i = 0; i < size; i++)
        selection->mask |= (uint32_t)attest_reader_u8(reader) << (8 * i);
    return ATTEST_OK;
}

/* TPML_PCR_SELECTION, §10.9.7 */
static enum attest_error parse_selections(struct attest_reader *reader, struct attest_tpm_attest *attest,
                                          struct attest_diag *diag)
{
    uint32_t count = attest_reader_u32(reader);

    if (count > ATTEST_TPM_SELECTIONS_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "at most %d PCR selections",
                           ATTEST_TPM_SELECTIONS_MAX);
    attest->selection_count = count;
    for (uint32_t i = 0; i < count; i++)
        attest_try(parse_selection(reader, &attest->selections[i], diag));
    return ATTEST_OK;
}

static enum attest_error parse_quote_body(struct attest_reader *reader, struct attest_tpm_attest *attest,
                                          struct attest_diag *diag)
{
    attest->qualified_signer = attest_reader_take_sized(reader, NAME_MAX_SIZE);
    attest->extra_data = attest_reader_take_sized(reader, DATA_MAX_SIZE);
    attest->clock = attest_reader_u64(reader);
    attest->reset_count = attest_reader_u32(reader);
    attest->restart_count = attest_reader_u32(reader);
    uint8_t safe = attest_reader_u8(reader);
    attest->safe = safe == 1;
    attest->firmware_version = attest_reader_u64(reader);
    attest_try(parse_selections(reader, attest, diag));
    attest->pcr_digest = attest_reader_take_sized(reader, ATTEST_HASH_MAX_SIZE);
    attest_try(attest_reader_end(reader, diag));
    if (safe > 1)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "0 or 1 for safe (TPMI_YES_NO)");
    return ATTEST_OK;
}

enum attest_error attest_tpmwire_parse_attest(struct attest_view wire, struct attest_tpm_attest *ret_attest,
                                              struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct attest_tpm_attest attest = { 0 };

    attest.magic = attest_reader_u32(&reader);
    attest.type = attest_reader_u16(&reader);
    attest_try(attest_reader_check(&reader, diag));
    if (attest_tpmwire_is_quote(&attest))
        attest_try(parse_quote_body(&reader, &attest, diag));
    *ret_attest = attest;
    return ATTEST_OK;
}

/* TPMT_SYM_DEF_OBJECT, §11.1.7: of no interest but for its length. */
static void skip_symmetric(struct attest_reader *reader)
{
    if (attest_reader_u16(reader) == ATTEST_TPM_ALG_NULL)
        return;
    attest_reader_u16(reader); /* keyBits */
    attest_reader_u16(reader); /* mode */
}

/* TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, §11.2.4, §11.2.5 */
static void parse_scheme(struct attest_reader *reader, struct attest_tpm_public *public)
{
    public->scheme = attest_reader_u16(reader);
    if (public->scheme == ATTEST_TPM_ALG_NULL || public->scheme == ATTEST_TPM_ALG_RSAES)
        return;
    public->scheme_hash = attest_reader_u16(reader);
    if (public->scheme == ATTEST_TPM_ALG_ECDAA)
        attest_reader_u16(reader); /* count */
}

static void parse_rsa(struct attest_reader *reader, struct attest_tpm_public *public)
{
    skip_symmetric(reader);
    parse_scheme(reader, public);
    public->key_bits = attest_reader_u16(reader);
    public->exponent = attest_reader_u32(reader);
    public->x = attest_reader_take_sized(reader, RSA_MAX_SIZE);
}

static void parse_ecc(struct attest_reader *reader, struct attest_tpm_public *public)
{
    skip_symmetric(reader);
    parse_scheme(reader, public);
    public->curve = attest_reader_u16(reader);
    if (attest_reader_u16(reader) != ATTEST_TPM_ALG_NULL) /* TPMT_KDF_SCHEME, §11.2.3.3 */
        attest_reader_u16(reader);
    public->x = attest_reader_take_sized(reader, ECC_MAX_SIZE);
    public->y = attest_reader_take_sized(reader, ECC_MAX_SIZE);
}

enum attest_error attest_tpmwire_parse_public(struct attest_view wire, struct attest_tpm_public *ret_public,
                                              struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct attest_tpm_public public = { 0 };

    public.type = attest_reader_u16(&reader);
    public.name_alg = attest_reader_u16(&reader);
    public.attributes = attest_reader_u32(&reader);
    public.auth_policy = attest_reader_take_sized(&reader, ATTEST_HASH_MAX_SIZE);
    attest_try(attest_reader_check(&reader, diag));
    if (public.type == ATTEST_TPM_ALG_RSA)
        parse_rsa(&reader, &public);
    else if (public.type == ATTEST_TPM_ALG_ECC)
        parse_ecc(&reader, &public);
    else
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "an RSA or ECC key, not type 0x%04x", public.type);
    attest_try(attest_reader_end(&reader, diag));
    *ret_public = public;
    return ATTEST_OK;
}

enum attest_error attest_tpmwire_parse_signature(struct attest_view wire,
                                                 struct attest_tpm_signature *ret_signature,
                                                 struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct attest_tpm_signature signature = { 0 };

    signature.scheme = attest_reader_u16(&reader);
    signature.hash = attest_reader_u16(&reader);
    attest_try(attest_reader_check(&reader, diag));
    switch (signature.scheme) {
    case ATTEST_TPM_ALG_RSASSA:
    case ATTEST_TPM_ALG_RSAPSS:
        signature.r = attest_reader_take_sized(&reader, RSA_MAX_SIZE);
        break;
    case ATTEST_TPM_ALG_ECDSA:
        signature.r = attest_reader_take_sized(&reader, ECC_MAX_SIZE);
        signature.s = attest_reader_take_sized(&reader, ECC_MAX_SIZE);
        break;
    default:
        return attest_fail(diag, ATTEST_UNSUPPORTED, NULL, "RSASSA, RSAPSS or ECDSA, not scheme 0x%04x",
                           signature.scheme);
    }
    attest_try(attest_reader_end(&reader, diag));
    *ret_signature = signature;
    return ATTEST_OK;
}
