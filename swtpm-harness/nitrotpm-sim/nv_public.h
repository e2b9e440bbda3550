/* SPDX-License-Identifier: Apache-2.0 */
/* The public area of an NV index, as TPM2_NV_DefineSpace brings it and TPM2_NV_ReadPublic tells it. */
#ifndef NITROTPM_SIM_NV_PUBLIC_H
#define NITROTPM_SIM_NV_PUBLIC_H

#include "base/bytes.h"

#include <stdbool.h>

/* TPMS_NV_PUBLIC, TPM 2.0 Part 2 §13.5 */
struct nv_public {
    uint32_t handle;
    uint16_t name_alg;
    uint32_t attributes;
    struct attest_view policy;
    uint16_t size;
};

/* The parameters of TPM2_NV_DefineSpace. */
struct nv_definition {
    struct attest_view authorisation;
    struct nv_public public;
};

enum attest_error nv_public_parse_definition(struct attest_view parameters,
                                             struct nv_definition *ret_definition) attest_must_check;
void nv_public_append_definition(struct attest_bytes *out, const struct nv_definition *definition);

/* Of a response without sessions to TPM2_NV_ReadPublic. */
enum attest_error nv_public_parse_response(struct attest_view response, struct nv_public *ret_public)
    attest_must_check;

/* Such a response, with the Name that belongs to `public`. */
enum attest_error nv_public_append_response(struct attest_bytes *out, const struct nv_public *public)
    attest_must_check;

/* TPM_NT_ORDINARY, §13.2: neither counter, bits, extend nor PIN. */
bool nv_public_is_ordinary(const struct nv_public *public);

#endif
