/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where does a secret lie, and who could read it there? Only this process, while it holds it.
 */
#include "base/secret.h"

#include "base/error.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

/* At the start of the mapping itself, so that there is one object and nothing of it on the heap. */
struct attest_secret {
    size_t size;
    size_t mapped;
    _Alignas(16) uint8_t data[];
};

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) / page * page;
}

enum attest_error attest_secret_new(size_t size, struct attest_secret **ret_secret, struct attest_diag *diag)
{
    if (size > ATTEST_SECRET_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "a secret of at most %zu bytes", ATTEST_SECRET_MAX);

    size_t mapped = whole_pages(sizeof(struct attest_secret) + size);
    struct attest_secret *secret =
        mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        return attest_fail_errno(diag, errno, "%zu bytes of memory for a secret", mapped);
    if (mlock(secret, mapped) < 0 || madvise(secret, mapped, MADV_DONTDUMP) < 0 ||
        madvise(secret, mapped, MADV_WIPEONFORK) < 0) {
        int error_number = errno;
        munmap(secret, mapped);
        return attest_fail_errno(diag, error_number, "locked memory (see LimitMEMLOCK=)");
    }
    secret->size = size;
    secret->mapped = mapped;
    *ret_secret = secret;
    return ATTEST_OK;
}

void attest_secret_free(struct attest_secret *secret)
{
    if (!secret)
        return;
    size_t mapped = secret->mapped;
    OPENSSL_cleanse(secret, mapped);
    munmap(secret, mapped);
}

void attest_secret_cleanup(struct attest_secret **secret)
{
    attest_secret_free(*secret);
}

uint8_t *attest_secret_data(struct attest_secret *secret)
{
    return secret->data;
}

size_t attest_secret_size(const struct attest_secret *secret)
{
    return secret->size;
}

void attest_secret_shrink(struct attest_secret *secret, size_t size)
{
    if (size >= secret->size)
        return;
    OPENSSL_cleanse(secret->data + size, secret->size - size);
    secret->size = size;
}
