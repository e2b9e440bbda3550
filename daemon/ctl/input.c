/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bytes do the options name? Trusts no file's size and no digit.
 */
#include "daemon/ctl/input.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"

#define PEM_MAX    ((size_t)16 << 10)
#define POLICY_MAX ((size_t)1 << 20)

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
