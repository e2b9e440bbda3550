/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message buffer of a NitroTPM's vendor command: an ordinary NV index of 8192 bytes in the owner's range,
 * with a random authorisation value that nobody else knows, kept defined while somebody uses it.
 *
 * Which index is one of these, its public area says: size, attributes, nameAlg, and an authPolicy that is no
 * policy (no attribute lets one be used) but a fixed marker followed by who owns the buffer. An index that
 * differs in any of that is somebody else's, and is left alone.
 */
#ifndef ATTEST_TPM_NVBUFFER_H
#define ATTEST_TPM_NVBUFFER_H

#include "attest/view.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "tpm/handle.h"
#include "tpm/properties.h"

#define ATTEST_TPM_NVBUFFER_SIZE  ((size_t)8192)
#define ATTEST_TPM_NVBUFFER_FIRST ((TPM2_HANDLE)0x0180a770) /* owners have 0x01800000 to 0x01bfffff */
#define ATTEST_TPM_NVBUFFER_COUNT 16u                       /* handles, and so buffers at the same time */

#define ATTEST_TPM_OWNER_SIZE     12

/* Who uses buffers of this TPM: this process in this boot of the TPM, and how it is told whether another
 * process of the same boot is still there. */
struct attest_tpm_owners {
    uint32_t reset_count; /* TPMS_CLOCK_INFO: of no process of another boot anything is left */
    uint8_t self[ATTEST_TPM_OWNER_SIZE];
    bool (*is_alive)(const uint8_t owner[ATTEST_TPM_OWNER_SIZE]);
};

/* A zeroed buffer is none. */
struct attest_tpm_nvbuffer {
    struct attest_tpm_handle handle;
    TPM2_HANDLE index;
    struct attest_secret *auth;
    size_t chunk; /* bytes that one command carries */
};

/* Removes the buffers of owners that are not there any more, and those of `self`, which must not be in use: a
 * connection that was lost leaves them. What the owner hierarchy's authorisation keeps from being removed
 * stays.
 */
enum attest_error attest_tpm_nvbuffer_reclaim(struct attest_tpm *tpm, const struct attest_tpm_owners *owners,
                                              unsigned *ret_count, struct attest_diag *diag) attest_must_check;

/* Defines a buffer at the first free handle. ATTEST_TPM_FAILED with what would have been needed. */
enum attest_error attest_tpm_nvbuffer_open(struct attest_tpm *tpm,
                                           const struct attest_tpm_properties *properties,
                                           const struct attest_tpm_owners *owners,
                                           struct attest_tpm_nvbuffer *ret_buffer, struct attest_diag *diag)
    attest_must_check;

/* Writes at the beginning. ATTEST_DENIED if the index does not take our authorisation: it is not ours. */
enum attest_error attest_tpm_nvbuffer_write(const struct attest_tpm_nvbuffer *buffer,
                                            struct attest_view content, struct attest_diag *diag)
    attest_must_check;

/* Appends what stands behind the `out->size` bytes that were read already, as much as one command gives. */
enum attest_error attest_tpm_nvbuffer_read(const struct attest_tpm_nvbuffer *buffer, struct attest_bytes *out,
                                           struct attest_diag *diag) attest_must_check;

/* For a command that is sent past ESAPI. */
struct attest_view attest_tpm_nvbuffer_auth(const struct attest_tpm_nvbuffer *buffer);

/* Removes the index, where the connection still works, or only forgets it. A zeroed buffer is accepted. */
void attest_tpm_nvbuffer_close(struct attest_tpm_nvbuffer *buffer);
void attest_tpm_nvbuffer_forget(struct attest_tpm_nvbuffer *buffer);

#endif
