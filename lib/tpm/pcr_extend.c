/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this event in the PCR, and is it there once? TPM2_PCR_Extend takes digests for several banks and does all
 * of them or none (TPM 2.0 Part 3 §22.2). Whether a lost command ran is told by the PCR's value alone.
 */
#include "tpm/pcr_extend.h"

#include "codec/tpmwire.h"
#include "tpm/call.h"
#include "tpm/pcr.h"

#include <string.h>

static struct attest_view value_of(const struct attest_tpm_pcr_values *values, enum attest_hash bank)
{
    return (struct attest_view){ values->values[bank], attest_hash_size(bank) };
}

static bool are_equal(const struct attest_tpm_pcr_values *a, const struct attest_tpm_pcr_values *b)
{
    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if ((a->banks >> bank & 1) &&
            !attest_view_equal(value_of(a, (enum attest_hash)bank), value_of(b, (enum attest_hash)bank)))
            return false;
    return a->banks == b->banks;
}

static enum attest_error read_values(struct attest_tpm *tpm, const struct attest_tpm_extend *extend,
                                     struct attest_tpm_pcr_values *ret_values, struct attest_diag *diag)
{
    struct attest_tpm_pcr_values values = { .banks = extend->banks };
    struct attest_pcrs pcrs;
    uint32_t counter;

    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++) {
        if (!(extend->banks >> bank & 1))
            continue;
        attest_try(attest_tpm_pcr_read(tpm, (enum attest_hash)bank, 1u << extend->pcr, &pcrs, &counter, diag));
        memcpy(values.values[bank], pcrs.values[extend->pcr], sizeof values.values[bank]);
    }
    *ret_values = values;
    return ATTEST_OK;
}

/* new = H(old || H(event)) (Part 1 §17.2). */
static enum attest_error compute(enum attest_hash bank, struct attest_view old, struct attest_view event,
                                 uint8_t ret_value[ATTEST_HASH_MAX_SIZE])
{
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    const struct attest_view parts[] = { old, { digest, attest_hash_size(bank) } };

    attest_try(attest_hash_digest(bank, &event, 1, digest));
    return attest_hash_digest(bank, parts, 2, ret_value);
}

static enum attest_error predict(const struct attest_tpm_extend *extend,
                                 const struct attest_tpm_pcr_values *before,
                                 struct attest_tpm_pcr_values *ret_after)
{
    struct attest_tpm_pcr_values after = { .banks = before->banks };

    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
        if (before->banks >> bank & 1)
            attest_try(compute((enum attest_hash)bank, value_of(before, (enum attest_hash)bank), extend->event,
                               after.values[bank]));
    *ret_after = after;
    return ATTEST_OK;
}

static enum attest_error moved(const struct attest_tpm_extend *extend, struct attest_diag *diag)
{
    return attest_fail(diag, ATTEST_REFUSED, "another value",
                       "PCR %u to be what it was, or what this extend makes of that", extend->pcr);
}

/* The first look. What the caller says that it was decides, where it says so. */
static enum attest_error begin(const struct attest_tpm_extend *extend, const struct attest_tpm_pcr_values *now,
                               struct attest_tpm_extension *extension, struct attest_diag *diag)
{
    const struct attest_view current = value_of(now, ATTEST_HASH_SHA384);
    uint8_t after[ATTEST_HASH_MAX_SIZE];

    if (extend->before.size > 0 && !(now->banks >> ATTEST_HASH_SHA384 & 1))
        return attest_fail(diag, ATTEST_TPM_UNABLE, "none", "a SHA-384 bank, of which the value is given");
    if (extend->before.size > 0 && !attest_view_equal(extend->before, current)) {
        attest_try(compute(ATTEST_HASH_SHA384, extend->before, extend->event, after));
        if (!attest_view_equal((struct attest_view){ after, current.size }, current))
            return moved(extend, diag);
        extension->was_there = true;
        extension->after = *now;
        return ATTEST_OK;
    }
    extension->before = *now;
    attest_try(predict(extend, now, &extension->after));
    extension->begun = true;
    return ATTEST_OK;
}

static enum attest_error send(struct attest_tpm *tpm, const struct attest_tpm_extend *extend,
                              struct attest_diag *diag)
{
    TPML_DIGEST_VALUES digests = { 0 };

    for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++) {
        TPMT_HA *entry = &digests.digests[digests.count];
        uint8_t digest[ATTEST_HASH_MAX_SIZE];
        if (!(extend->banks >> bank & 1))
            continue;
        attest_try(attest_hash_digest((enum attest_hash)bank, &extend->event, 1, digest));
        entry->hashAlg = attest_tpmwire_alg((enum attest_hash)bank);
        memcpy(&entry->digest, digest, attest_hash_size((enum attest_hash)bank));
        digests.count++;
    }
    return attest_tpm_call(tpm, diag, "TPM2_PCR_Extend",
                           Esys_PCR_Extend_Async(tpm->esys, ESYS_TR_PCR0 + extend->pcr, ESYS_TR_PASSWORD,
                                                 ESYS_TR_NONE, ESYS_TR_NONE, &digests),
                           Esys_PCR_Extend_Finish(tpm->esys));
}

enum attest_error attest_tpm_pcr_extend(struct attest_tpm *tpm, const struct attest_tpm_extend *extend,
                                        struct attest_tpm_extension *extension, struct attest_diag *diag)
{
    struct attest_tpm_pcr_values now;

    attest_try(read_values(tpm, extend, &now, diag));
    if (!extension->begun)
        attest_try(begin(extend, &now, extension, diag));
    if (are_equal(&now, &extension->after))
        return ATTEST_OK;
    if (!are_equal(&now, &extension->before))
        return moved(extend, diag);
    attest_try(send(tpm, extend, diag));
    attest_try(read_values(tpm, extend, &now, diag));
    if (!are_equal(&now, &extension->after))
        return attest_fail(diag, ATTEST_TPM_UNSTABLE, NULL, "nobody else to extend PCR %u meanwhile",
                           extend->pcr);
    return ATTEST_OK;
}
