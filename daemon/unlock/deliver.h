/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets written where others read them: whole or not at all, and with owner and mode before anybody can open
 * them. One thread at a time; a run has its lock (runlock.h).
 *
 *     _cleanup_(deliver_close) struct deliver_target target = DELIVER_TARGET_NONE;
 *     attest_try(deliver_open(path, &target, diag));
 *     attest_try(deliver_begin(&target, diag));
 *     attest_try(deliver_append(&target, view, diag));
 *     attest_try(deliver_commit(&target, &owner, diag));
 */
#ifndef ATTEST_UNLOCK_DELIVER_H
#define ATTEST_UNLOCK_DELIVER_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>
#include <sys/types.h>

struct deliver_owner {
    uid_t uid;
    gid_t gid;
    mode_t mode;
};

struct deliver_target {
    int folder; /* -1: none */
    int file;   /* what is being written; -1: nothing */
    char path[1025];
    const char *name; /* within the folder, the end of `path` */
    char hidden[256]; /* what it is called before */
};

#define DELIVER_TARGET_NONE ((struct deliver_target){ .folder = -1, .file = -1 })

/* Finds the folder, which has to be there. ATTEST_DENIED for a symbolic link on the way, a folder that others
 * than root and ourselves may change, and a file system that a disk may see (mount.h). Changes nothing: others
 * may be about to deliver there. */
enum attest_error deliver_open(const char *path, struct deliver_target *ret_target, struct attest_diag *diag)
    attest_must_check;
void deliver_close(struct deliver_target *target);

/* Removes what a run that was killed while it delivered the same file left; no other may be doing so now. */
void deliver_sweep(const struct deliver_target *target);

/* Whether a regular file is there, with that owner and mode. */
bool deliver_is_there(const struct deliver_target *target, const struct deliver_owner *owner);

/* Whether we may write there: to be known before a boot is capped. */
enum attest_error deliver_try(const struct deliver_target *target, struct attest_diag *diag) attest_must_check;

/* A new file without a name, then its content, then its name: it replaces what is there in one step. Whatever
 * happens in between leaves what was. */
enum attest_error deliver_begin(struct deliver_target *target, struct attest_diag *diag) attest_must_check;
enum attest_error deliver_append(struct deliver_target *target, struct attest_view content,
                                 struct attest_diag *diag) attest_must_check;
enum attest_error deliver_commit(struct deliver_target *target, const struct deliver_owner *owner,
                                 struct attest_diag *diag) attest_must_check;

#endif
