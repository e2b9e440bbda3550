/* SPDX-License-Identifier: Apache-2.0 */
/* Cleanup by attribute: every path out of a scope wipes and frees. */
#ifndef ATTEST_BASE_CLEANUP_H
#define ATTEST_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

static inline void attest_cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void attest_cleanup_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define _cleanup_free_  _cleanup_(attest_cleanup_free)
#define _cleanup_close_ _cleanup_(attest_cleanup_close)

/* Hands over what a cleanup attribute guards. */
#define attest_steal(pointer)                                                                                  \
    ({                                                                                                         \
        __typeof__(pointer) stolen_ = (pointer);                                                               \
        (pointer) = NULL;                                                                                      \
        stolen_;                                                                                               \
    })

#endif
