/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can nobody have known before? Waits, early at boot, until the kernel has gathered enough for that.
 */
#include "base/random.h"

#include "base/error.h"

#include <errno.h>
#include <sys/random.h>

enum attest_error attest_random_fill(uint8_t *ret_data, size_t size, struct attest_diag *diag)
{
    if (getrandom(ret_data, size, 0) != (ssize_t)size)
        return attest_fail_errno(diag, errno, "random bytes");
    return ATTEST_OK;
}
