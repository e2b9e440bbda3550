/* SPDX-License-Identifier: Apache-2.0 */
/* The files that hold the contents of the virtual indices: one each, named after its handle. */
#ifndef NITROTPM_SIM_NV_STORE_H
#define NITROTPM_SIM_NV_STORE_H

#include "swtpm-harness/nitrotpm-sim/nv.h"

/* The size of the file is that of the index; a new one is filled with 0xFF. */
enum attest_error nv_store_create(int folder, uint32_t handle, uint16_t size, struct nv_index *ret_index,
                                  struct attest_diag *diag) attest_must_check;
enum attest_error nv_store_open(int folder, const char *name, struct nv_index *ret_index,
                                struct attest_diag *diag) attest_must_check;
void nv_store_close(struct nv_index *index);
void nv_store_remove(int folder, struct nv_index *index);

#endif
