/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where do private keys lie inside OpenSSL? Without this in ordinary memory: OPENSSL_secure_malloc(3) then is
 * malloc, and says nothing. Once the heap is there, it fails when full rather than going elsewhere.
 */
#include "base/secureheap.h"

#include "base/error.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

/* An RSA-2048 key takes 2 KiB, and each thread that uses it as much again (base/ossl.h); TLS and the random
 * generators keep their own secrets here too, some 100 bytes each. Powers of two. */
#define HEAP_SIZE ((size_t)256 << 10)
#define SMALLEST  ((size_t)32)

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int error_number; /* written once */

/* What CRYPTO_secure_malloc_init returns: 1, or 2 for memory that is not locked or not guarded. */
static void make(void)
{
    errno = 0;
    int made = CRYPTO_secure_malloc_init(HEAP_SIZE, SMALLEST);
    if (made == 1)
        return;
    error_number = errno != 0 ? errno : EALREADY;
    if (made == 2)
        CRYPTO_secure_malloc_done();
    ERR_clear_error();
}

enum attest_error attest_secureheap_init(struct attest_diag *diag)
{
    if (!CRYPTO_THREAD_run_once(&once, make))
        return ATTEST_INTERNAL;
    if (error_number != 0)
        return attest_fail_errno(diag, error_number, "locked memory for keys (see LimitMEMLOCK=)");
    return ATTEST_OK;
}
