/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who else could read our memory? Not a core file, not another process of the same user (PR_SET_DUMPABLE also
 * gives /proc/PID to root), not the swap. Root on this machine can do as he likes: docs/threat-model.md.
 */
#include "daemon/unlock/lockdown.h"

#include "base/error.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* A sanitizer reserves terabytes of address space, which can't be locked. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* For threads that libraries start too, as libcurl does for DNS: eight megabytes each, the usual, would be
 * locked. */
static void set_stack_size(void)
{
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, LOCKDOWN_STACK_SIZE);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

enum attest_error lockdown(struct attest_diag *diag)
{
    const struct rlimit none = { 0, 0 };

    set_stack_size();
    /* The unit's sandbox forbids the call, having done it (LimitCORE=); what is not dumpable leaves none
     * anyway. */
    if (setrlimit(RLIMIT_CORE, &none) < 0 && errno != EPERM)
        return attest_fail_errno(diag, errno, "to do without core files");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return attest_fail_errno(diag, errno, "to give up rights (prctl(2))");
    if (!IS_SANITIZED && mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
        return attest_fail_errno(diag, errno, "to lock all memory (see LimitMEMLOCK=)");
    return ATTEST_OK;
}
