/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who made this TPM, and what can it do (TPM 2.0 Part 2 §6.13, TPM_PT)?
 */
#include "tpm/properties.h"

#include "codec/tpmwire.h"
#include "tpm/call.h"

/* Four characters of text, of which NULs and what can't be printed are left out. */
static void append_text(char *text, size_t size, uint32_t packed)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    for (int shift = 24; shift >= 0; shift -= 8) {
        char c = (char)(packed >> shift & 0xff);
        if (c > ' ' && c <= '~' && length + 1 < size)
            text[length++] = c;
    }
    text[length] = '\0';
}

/* A TPM2B_DATA is as large as a TPMT_HA with the largest digest (Part 2 §10.4.3); some versions of tpm2-tss
 * have less room. */
static uint32_t data_max(uint32_t digest_max)
{
    const uint32_t room = sizeof((TPM2B_DATA *)NULL)->buffer, alg_size = sizeof(TPM2_ALG_ID);

    return digest_max < room - alg_size ? digest_max + alg_size : room;
}

static void take_property(struct attest_tpm_properties *properties, TPMS_TAGGED_PROPERTY tagged)
{
    switch (tagged.property) {
    case TPM2_PT_MANUFACTURER:
        append_text(properties->manufacturer, sizeof properties->manufacturer, tagged.value);
        break;
    case TPM2_PT_VENDOR_STRING_1:
    case TPM2_PT_VENDOR_STRING_2:
    case TPM2_PT_VENDOR_STRING_3:
    case TPM2_PT_VENDOR_STRING_4:
        append_text(properties->vendor, sizeof properties->vendor, tagged.value);
        break;
    case TPM2_PT_FIRMWARE_VERSION_1:
        properties->firmware_version |= (uint64_t)tagged.value << 32;
        break;
    case TPM2_PT_FIRMWARE_VERSION_2:
        properties->firmware_version |= tagged.value;
        break;
    case TPM2_PT_MAX_DIGEST:
        properties->nonce_max = data_max(tagged.value);
        break;
    case TPM2_PT_NV_BUFFER_MAX:
        properties->nv_buffer_max = tagged.value;
        break;
    default:
        break;
    }
}

static void take_banks(struct attest_tpm_properties *properties, const TPML_PCR_SELECTION *selections)
{
    for (uint32_t i = 0; i < selections->count; i++) {
        const TPMS_PCR_SELECTION *selection = &selections->pcrSelections[i];
        enum attest_hash bank = attest_tpmwire_hash(selection->hash);
        bool active = false;
        for (unsigned byte = 0; byte < selection->sizeofSelect; byte++)
            active = active || selection->pcrSelect[byte] != 0;
        if (active && bank == ATTEST_HASH_NONE)
            properties->other_banks = true;
        else if (active)
            properties->banks |= 1u << bank;
    }
}

enum attest_error attest_tpm_properties_read(struct attest_tpm *tpm,
                                             struct attest_tpm_properties *ret_properties,
                                             struct attest_diag *diag)
{
    struct attest_tpm_properties properties = { 0 };
    _cleanup_esys_ TPMS_CAPABILITY_DATA *fixed = NULL, *pcrs = NULL;

    attest_try(attest_tpm_capability(tpm, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_FIXED, TPM2_MAX_TPM_PROPERTIES,
                                     &fixed, diag));
    for (uint32_t i = 0; i < fixed->data.tpmProperties.count; i++)
        take_property(&properties, fixed->data.tpmProperties.tpmProperty[i]);
    attest_try(attest_tpm_capability(tpm, TPM2_CAP_PCRS, 0, 1, &pcrs, diag));
    take_banks(&properties, &pcrs->data.assignedPCR);
    *ret_properties = properties;
    return ATTEST_OK;
}
