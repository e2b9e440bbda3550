/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bytes do the options name? Trusts no file's size and no digit.
 */
#include "daemon/ctl/input.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define PEM_MAX     ((size_t)16 << 10)
#define RANDOM_SIZE ((size_t)32)
#define POLICY_MAX  ((size_t)1 << 20)

enum attest_error ctl_input_file(struct ctl_call *call, const char *path, size_t maximum,
                                 struct attest_bytes *ret_content)
{
    call->subject = NULL; /* what can't be read is named by the diag itself */
    attest_try(attest_file_read(path, maximum, ret_content, &call->diag));
    call->subject = path;
    return ATTEST_OK;
}

enum attest_error ctl_input_key(struct ctl_call *call, struct attest_key **ret_key)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(PEM_MAX);

    if (!call->value[CTL_AK])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[CTL_AK], PEM_MAX, &pem));
    attest_try(attest_key_from_pem(attest_bytes_view(&pem), ret_key, &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}

enum attest_error ctl_input_nonce(struct ctl_call *call, struct attest_bytes *ret_nonce)
{
    struct attest_view text = attest_view_text(call->value[CTL_NONCE]);
    struct attest_diag diag = { 0 };

    if (attest_decode_hex(text, text.size, ret_nonce, &diag) != ATTEST_OK)
        return attest_fail(&call->diag, ATTEST_USAGE, call->value[CTL_NONCE], "%s after --nonce",
                           diag.expected[0] ? diag.expected : "hexadecimal digits");
    return ATTEST_OK;
}

enum attest_error ctl_input_nonce_or_random(struct ctl_call *call, struct attest_bytes *ret_nonce)
{
    uint8_t data[RANDOM_SIZE];

    if (strcmp(call->value[CTL_NONCE], "random") != 0)
        return ctl_input_nonce(call, ret_nonce);
    if (getrandom(data, sizeof data, 0) != (ssize_t)sizeof data)
        return attest_fail_errno(&call->diag, errno, "random bytes");
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = attest_bytes_init(sizeof data);
    attest_bytes_append(&nonce, attest_view_of(data));
    attest_try(attest_bytes_check(&nonce));
    *ret_nonce = attest_bytes_take(&nonce);
    return ATTEST_OK;
}

enum attest_error ctl_input_trust(struct ctl_call *call, struct attest_trust *trust)
{
    const char *path;

    if (!call->value[CTL_ROOT])
        return attest_trust_add_aws(trust);
    for (size_t i = 0; (path = ctl_option_value(call, CTL_ROOT, i)); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(0);
        attest_try(ctl_input_file(call, path, PEM_MAX, &pem));
        attest_try(attest_trust_add_root(trust, attest_bytes_view(&pem), &call->diag));
    }
    call->subject = NULL;
    return ATTEST_OK;
}

enum attest_error ctl_input_policy(struct ctl_call *call, struct attest_policy **ret_policy)
{
    _cleanup_(attest_bytes_done) struct attest_bytes json = attest_bytes_init(0);

    if (!call->value[CTL_POLICY])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[CTL_POLICY], POLICY_MAX, &json));
    attest_try(attest_policy_parse(attest_bytes_view(&json), ret_policy, &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}
