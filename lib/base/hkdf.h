/* SPDX-License-Identifier: Apache-2.0 */
/* HKDF (RFC 5869), from secrets to secrets: what is between lies in locked memory too. */
#ifndef ATTEST_BASE_HKDF_H
#define ATTEST_BASE_HKDF_H

#include "attest/view.h"
#include "base/hash.h"
#include "base/secret.h"

/* §2.2: the pseudorandom key, of the hash's size. An empty salt stands for as many zeros. The caller frees. */
enum attest_error attest_hkdf_extract(enum attest_hash hash, struct attest_view salt, struct attest_secret *key,
                                      struct attest_secret **ret_prk, struct attest_diag *diag)
    attest_must_check;

/* §2.3: `size` bytes of key for one purpose, which `info` names. The caller frees. */
enum attest_error attest_hkdf_expand(enum attest_hash hash, struct attest_secret *prk, struct attest_view info,
                                     size_t size, struct attest_secret **ret_key, struct attest_diag *diag)
    attest_must_check;

#endif
