/* SPDX-License-Identifier: Apache-2.0 */
/* The key to the seeds of tests/fuzz/make_cms_seeds.py, and what they hold. */
#ifndef TESTS_UNIT_RECIPIENT_H
#define TESTS_UNIT_RECIPIENT_H

#include "base/file.h"
#include "base/ossl.h"
#include "base/recipient.h"
#include "tests/unit/unit.h"

/* A private key in DER (PKCS #1 or #8). The caller frees. */
static inline struct attest_recipient *read_recipient(const char *path)
{
    _cleanup_(attest_bytes_done) struct attest_bytes der = attest_bytes_init(0);
    struct attest_recipient *key = NULL;

    assert_ok(attest_file_read(path, 8192, &der, NULL));
    const unsigned char *end = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &end, (long)der.size);
    assert_non_null(pkey);
    assert_ok(attest_recipient_adopt(&pkey, &key));
    return key;
}

static inline struct attest_recipient *seed_recipient(void)
{
    const char *source = getenv("srcdir");
    char path[1024];

    snprintf(path, sizeof path, "%s/tests/fuzz/recipient.der", source ? source : ".");
    return read_recipient(path);
}

#endif
