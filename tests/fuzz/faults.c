/* SPDX-License-Identifier: Apache-2.0 */
/* What if just this call fails? */
#include "tests/fuzz/faults.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <sys/stat.h>

static struct {
    bool on;
    uint32_t seed;
    uint64_t random;
    unsigned calls, failed;
} faults;

/* SplitMix64. */
static uint64_t next_random(void)
{
    uint64_t z = faults.random += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static bool fails(int error_number)
{
    if (!faults.on)
        return false;
    unsigned call = faults.calls++;
    if (faults.seed % 2 == 0 ? call != faults.seed / 2
                             : next_random() % (1u << (1 + faults.seed / 2 % 10)) != 0)
        return false;
    faults.failed++;
    errno = error_number;
    return true;
}

/* Under this name the linker has what it was; ours is found under the plain one. */
#define WRAP(result, name, error_number, failure, parameters, arguments)                                       \
    result __real_##name parameters;                                                                           \
    result __wrap_##name parameters;                                                                           \
    result __wrap_##name parameters                                                                            \
    {                                                                                                          \
        return fails(error_number) ? (failure) : __real_##name arguments;                                      \
    }

WRAP(void *, malloc, ENOMEM, NULL, (size_t size), (size))
WRAP(void *, calloc, ENOMEM, NULL, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, ENOMEM, NULL, (void *old, size_t size), (old, size))
WRAP(ssize_t, read, EIO, -1, (int fd, void *data, size_t size), (fd, data, size))
WRAP(ssize_t, write, ENOSPC, -1, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(int, open, EMFILE, -1, (const char *path, int flags, mode_t mode), (path, flags, mode))
WRAP(int, fstat, EIO, -1, (int fd, struct stat *status), (fd, status))
WRAP(int, mlock, ENOMEM, -1, (const void *data, size_t size), (data, size))
WRAP(int, madvise, EINVAL, -1, (void *data, size_t size, int advice), (data, size, advice))
WRAP(void *, mmap, ENOMEM, MAP_FAILED, (void *at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))
WRAP(json_tokener *, json_tokener_new_ex, ENOMEM, NULL, (int depth), (depth))

static void *fail_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails(ENOMEM) ? NULL : __real_malloc(size);
}

static void *fail_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails(ENOMEM) ? NULL : __real_realloc(old, size);
}

static void plain_free(void *data, const char *file, int line)
{
    (void)file, (void)line;
    free(data);
}

void faults_init(void)
{
    demand(CRYPTO_set_mem_functions(fail_malloc, fail_realloc, plain_free) == 1);
}

void faults_on(uint32_t seed)
{
    faults.seed = seed;
    faults.random = seed;
    faults.calls = faults.failed = 0;
    faults.on = true;
}

unsigned faults_off(unsigned *ret_calls)
{
    faults.on = false;
    *ret_calls = faults.calls;
    return faults.failed;
}
