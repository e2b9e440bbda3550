/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is this NV index, and what is its Name? TPM 2.0 Library Part 2 §13.5 and §13.6, Part 1 §16. Trusts
 * nothing.
 */
#include "swtpm-harness/nitrotpm-sim/nv_public.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/reader.h"
#include "codec/tpmwire.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/command.h"

#define PUBLIC_MAX (4 + 2 + 4 + 2 + ATTEST_HASH_MAX_SIZE + 2)

static enum attest_error parse(struct attest_view wire, struct nv_public *ret_public)
{
    struct attest_reader reader = attest_reader_init(wire);
    struct nv_public public = { 0 };

    public.handle = attest_reader_u32(&reader);
    public.name_alg = attest_reader_u16(&reader);
    public.attributes = attest_reader_u32(&reader);
    public.policy = attest_reader_take_sized(&reader, ATTEST_HASH_MAX_SIZE);
    public.size = attest_reader_u16(&reader);
    attest_try(attest_reader_end(&reader, NULL));
    *ret_public = public;
    return ATTEST_OK;
}

static void append(struct attest_bytes *out, const struct nv_public *public)
{
    attest_bytes_append_u32(out, public->handle);
    attest_bytes_append_u16(out, public->name_alg);
    attest_bytes_append_u32(out, public->attributes);
    attest_bytes_append_u16(out, (uint16_t) public->policy.size);
    attest_bytes_append(out, public->policy);
    attest_bytes_append_u16(out, public->size);
}

static void append_sized(struct attest_bytes *out, struct attest_view view)
{
    attest_bytes_append_u16(out, (uint16_t)view.size);
    attest_bytes_append(out, view);
}

enum attest_error nv_public_parse_definition(struct attest_view parameters,
                                             struct nv_definition *ret_definition)
{
    struct attest_reader reader = attest_reader_init(parameters);
    struct nv_definition definition = { 0 };

    definition.authorisation = attest_reader_take_sized(&reader, ATTEST_HASH_MAX_SIZE);
    struct attest_view public = attest_reader_take_sized(&reader, PUBLIC_MAX);
    attest_try(attest_reader_end(&reader, NULL));
    attest_try(parse(public, &definition.public));
    *ret_definition = definition;
    return ATTEST_OK;
}

void nv_public_append_definition(struct attest_bytes *out, const struct nv_definition *definition)
{
    _cleanup_(attest_bytes_done) struct attest_bytes public = attest_bytes_init(PUBLIC_MAX);

    append(&public, &definition->public);
    append_sized(out, definition->authorisation);
    append_sized(out, attest_bytes_view(&public));
}

enum attest_error nv_public_parse_response(struct attest_view response, struct nv_public *ret_public)
{
    struct attest_reader reader = attest_reader_init(response);

    attest_reader_take(&reader, COMMAND_HEADER_SIZE);
    struct attest_view public = attest_reader_take_sized(&reader, PUBLIC_MAX);
    attest_reader_take_sized(&reader, 2 + ATTEST_HASH_MAX_SIZE); /* the shadow's Name */
    attest_try(attest_reader_end(&reader, NULL));
    return parse(public, ret_public);
}

enum attest_error nv_public_append_response(struct attest_bytes *out, const struct nv_public *public)
{
    _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(PUBLIC_MAX);
    uint8_t digest[ATTEST_HASH_MAX_SIZE];
    enum attest_hash hash = attest_tpmwire_hash(public->name_alg);
    size_t size = attest_hash_size(hash);

    append(&wire, public);
    attest_try(attest_bytes_check(&wire));
    const struct attest_view view = attest_bytes_view(&wire);
    attest_try(attest_hash_digest(hash, &view, 1, digest));
    attest_bytes_append_u16(out, TPM_ST_NO_SESSIONS);
    attest_bytes_append_u32(out, (uint32_t)(COMMAND_HEADER_SIZE + 2 + view.size + 2 + 2 + size));
    attest_bytes_append_u32(out, TPM_RC_SUCCESS);
    append_sized(out, view);
    attest_bytes_append_u16(out, (uint16_t)(2 + size));
    attest_bytes_append_u16(out, public->name_alg);
    attest_bytes_append(out, (struct attest_view){ digest, size });
    return attest_bytes_check(out);
}

bool nv_public_is_ordinary(const struct nv_public *public)
{
    return (public->attributes >> 4 & 0xf) == 0;
}
