/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's secure heap, where it puts the private halves of keys (OPENSSL_secure_malloc(3)). */
#ifndef ATTEST_BASE_SECUREHEAP_H
#define ATTEST_BASE_SECUREHEAP_H

#include "attest/error.h"

/* Makes it, once for the process: locked, kept out of core files, between guard pages. ATTEST_SYSTEM if that
 * can't be had, or if the process has one already that was not made here, whose locking nobody knows. */
enum attest_error attest_secureheap_init(struct attest_diag *diag) attest_must_check;

#endif
