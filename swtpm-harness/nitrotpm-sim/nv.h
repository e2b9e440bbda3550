/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NV indices larger than swtpm has them. Of each, swtpm holds a shadow of one byte with the same handle,
 * attributes and authorisation, and judges every access; the content is in a file of ours, which is mapped, so
 * that it is there after a kill too.
 */
#ifndef NITROTPM_SIM_NV_H
#define NITROTPM_SIM_NV_H

#include "swtpm-harness/nitrotpm-sim/command.h"
#include "swtpm-harness/nitrotpm-sim/swtpm.h"

#define NV_VIRTUAL_SIZE_MAX  8192
#define NV_VIRTUAL_COUNT_MAX 8
#define NV_PART_MAX          1024 /* swtpm's NV_BUFFER_MAX */

struct nv_index {
    uint32_t handle;
    uint16_t size;
    uint8_t *content;
};

struct nv {
    struct swtpm *swtpm;
    int folder;
    uint32_t real_max; /* the largest index that swtpm has itself */
    struct nv_index items[NV_VIRTUAL_COUNT_MAX];
    size_t count;
};

/* Takes up what `path` holds from before, as far as swtpm has the shadows still. */
enum attest_error nv_open(struct nv *ret_nv, const char *path, struct swtpm *swtpm, struct attest_diag *diag)
    attest_must_check;
void nv_close(struct nv *nv);

/* NULL if it isn't one of ours. */
struct nv_index *nv_find(struct nv *nv, uint32_t handle);

/* Whether `command` is about a virtual index, or defines one. */
bool nv_concerns(struct nv *nv, const struct command *command);

/* Answers such a command, but for the vendor's. */
enum attest_error nv_execute(struct nv *nv, const struct command *command, struct attest_bytes *out,
                             struct attest_diag *diag) attest_must_check;

/* Whether swtpm lets the command's authorisation read and write its index: one byte each, to the shadow. The
 * response code, 0 if so. */
enum attest_error nv_judge(struct nv *nv, const struct command *command, uint32_t *ret_code,
                           struct attest_diag *diag) attest_must_check;

/* Forgets those whose shadows are gone: TPM2_Clear removes indices without naming them. */
enum attest_error nv_review(struct nv *nv, struct attest_diag *diag) attest_must_check;

#endif
