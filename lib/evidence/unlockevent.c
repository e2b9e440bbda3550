/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bytes say, in a PCR, that a secret was unlocked, by which configuration, or that no more will be? They
 * are of the sealed form: the digest of a plaintext would let anybody test guesses.
 */
#include "evidence/unlockevent.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <string.h>

#define SECRET  "attestd-secret"
#define CONFIG  "attestd-config"
#define CAP     "attestd-cap"

#define ALLOWED ((1u << 14) | (0x3fu << 17))

bool attest_unlockevent_is_allowed(unsigned pcr)
{
    return pcr < 24 && (ALLOWED >> pcr & 1);
}

bool attest_unlockevent_is_name(struct attest_view name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (name.size == 0 || name.size > ATTEST_UNLOCKEVENT_NAME_MAX || name.data[0] == '.')
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (!memchr(allowed, name.data[i], sizeof allowed - 1))
            return false;
    return true;
}

enum attest_error attest_unlockevent_write(struct attest_view name, struct attest_view digest,
                                           struct attest_bytes *ret_event)
{
    _cleanup_(attest_bytes_done) struct attest_bytes event = attest_bytes_init(ATTEST_UNLOCKEVENT_MAX);

    if (digest.size != ATTEST_UNLOCKEVENT_DIGEST_SIZE || (name.size > 0 && !attest_unlockevent_is_name(name)))
        return ATTEST_INTERNAL;
    attest_bytes_append_text(&event, name.size > 0 ? SECRET : CONFIG);
    attest_bytes_append_u8(&event, '\0');
    if (name.size > 0) {
        attest_bytes_append(&event, name);
        attest_bytes_append_u8(&event, '\0');
    }
    attest_bytes_append(&event, digest);
    attest_try(attest_bytes_check(&event));
    *ret_event = attest_bytes_take(&event);
    return ATTEST_OK;
}

struct attest_view attest_unlockevent_cap(void)
{
    return attest_view_text(CAP);
}
