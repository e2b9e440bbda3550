/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What do the virtual indices hold? Each is a mapped file: a write is there at once, and after a kill too.
 */
#include "swtpm-harness/nitrotpm-sim/nv_store.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define NAME_SIZE 9 /* eight hexadecimal digits */

static void name_of(uint32_t handle, char ret_name[NAME_SIZE])
{
    snprintf(ret_name, NAME_SIZE, "%08x", handle);
}

static enum attest_error map(int fd, uint32_t handle, uint16_t size, struct nv_index *ret_index,
                             struct attest_diag *diag)
{
    void *content = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (content == MAP_FAILED)
        return attest_fail_errno(diag, errno, "to map the content of NV index 0x%08x", handle);
    *ret_index = (struct nv_index){ handle, size, content };
    return ATTEST_OK;
}

enum attest_error nv_store_create(int folder, uint32_t handle, uint16_t size, struct nv_index *ret_index,
                                  struct attest_diag *diag)
{
    char name[NAME_SIZE];

    name_of(handle, name);
    _cleanup_close_ int fd = openat(folder, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, size) != 0)
        return attest_fail_errno(diag, errno, "to create the content of NV index 0x%08x", handle);
    attest_try(map(fd, handle, size, ret_index, diag));
    memset(ret_index->content, 0xff, size);
    return ATTEST_OK;
}

enum attest_error nv_store_open(int folder, const char *name, struct nv_index *ret_index,
                                struct attest_diag *diag)
{
    char canonical[NAME_SIZE] = "";
    struct stat status;
    uint32_t handle = (uint32_t)strtoul(name, NULL, 16);

    name_of(handle, canonical);
    if (strcmp(name, canonical) != 0)
        return attest_fail(diag, ATTEST_MALFORMED, name, "a handle of eight hexadecimal digits");
    _cleanup_close_ int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &status) < 0)
        return attest_fail_errno(diag, errno, "to open %s", name);
    if (!S_ISREG(status.st_mode) || status.st_size < 1 || status.st_size > NV_VIRTUAL_SIZE_MAX)
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "1 to %d bytes in %s", NV_VIRTUAL_SIZE_MAX, name);
    return map(fd, handle, (uint16_t)status.st_size, ret_index, diag);
}

void nv_store_close(struct nv_index *index)
{
    if (index->content)
        munmap(index->content, index->size);
    index->content = NULL;
}

void nv_store_remove(int folder, struct nv_index *index)
{
    char name[NAME_SIZE];

    name_of(index->handle, name);
    nv_store_close(index);
    unlinkat(folder, name, 0);
}
