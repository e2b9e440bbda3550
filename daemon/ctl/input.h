/* SPDX-License-Identifier: Apache-2.0 */
/* Options' values as what they stand for. */
#ifndef ATTESTCTL_INPUT_H
#define ATTESTCTL_INPUT_H

#include "attest/policy.h"
#include "attest/trust.h"
#include "base/bytes.h"
#include "base/key.h"
#include "base/secret.h"
#include "daemon/ctl/options.h"

/* Reads the file ("-" is standard input), and leaves call->subject at it. */
enum attest_error ctl_input_file(struct ctl_call *call, const char *path, size_t maximum,
                                 struct attest_bytes *ret_content) attest_must_check;

/* The key of --ak; NULL if that is not given. */
enum attest_error ctl_input_key(struct ctl_call *call, struct attest_key **ret_key) attest_must_check;

/* The data key of --raw-key, straight into locked memory: any of the sizes that AES has. */
enum attest_error ctl_input_raw_key(struct ctl_call *call, struct attest_secret **ret_key) attest_must_check;

/* The value of --nonce, of any length. ATTEST_USAGE if it is not hexadecimal. */
enum attest_error ctl_input_nonce(struct ctl_call *call, struct attest_bytes *ret_nonce) attest_must_check;

/* The same, or 32 random bytes for "random". */
enum attest_error ctl_input_nonce_or_random(struct ctl_call *call, struct attest_bytes *ret_nonce)
    attest_must_check;

/* The policy of --policy; NULL if that is not given. */
enum attest_error ctl_input_policy(struct ctl_call *call, struct attest_policy **ret_policy) attest_must_check;

/* The roots of --root; AWS's if there are none. */
enum attest_error ctl_input_roots(struct ctl_call *call, struct attest_trust *trust) attest_must_check;

/* The moment of --at, in milliseconds since 1970; or now, and `ret_live` says so. */
enum attest_error ctl_input_time(struct ctl_call *call, uint64_t *ret_at, bool *ret_live) attest_must_check;

/* What --allow-missing may name, and where that goes; the last row has no name. ATTEST_USAGE, with `expected`,
 * for anything else. */
struct ctl_input_missing {
    const char *name;
    bool *allowed;
};
enum attest_error ctl_input_missing(struct ctl_call *call, const struct ctl_input_missing *rows,
                                    const char *expected) attest_must_check;

/* Refuses (ATTEST_USAGE) standard input for more than one of the files (NULL for those not given) and the
 * roots. */
enum attest_error ctl_input_check_files(struct ctl_call *call, const char *const *files, size_t count)
    attest_must_check;

#endif
