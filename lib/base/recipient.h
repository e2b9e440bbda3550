/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An RSA key pair made for one run, for others to encrypt to. The private half lies in OpenSSL's secure heap
 * (base/secureheap.h), is never written anywhere, and is wiped when it is freed. Several threads may use one.
 */
#ifndef ATTEST_BASE_RECIPIENT_H
#define ATTEST_BASE_RECIPIENT_H

#include "attest/error.h"
#include "attest/view.h"

/* KMS takes 2048, 3072 and 4096. A boot waits for the key: 0.15 s on average, beside 0.6 s and 0.9 s. What is
 * encrypted to it passes once, inside TLS, and the key is gone within the minute; who recorded that has TLS to
 * break as well. */
#define ATTEST_RECIPIENT_BITS 2048

struct attest_recipient;

/* Takes a tenth of a second or several. ATTEST_SYSTEM if no memory can be locked. */
enum attest_error attest_recipient_new(struct attest_recipient **ret_key, struct attest_diag *diag)
    attest_must_check;

void attest_recipient_free(struct attest_recipient *key); /* NULL is accepted */
void attest_recipient_cleanup(struct attest_recipient **key);

/* The public half as SubjectPublicKeyInfo in DER, which is what a document's public_key names; lives as long as
 * the key. */
struct attest_view attest_recipient_spki(const struct attest_recipient *key);

#endif
