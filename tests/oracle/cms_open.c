/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests/oracle/made_envelopes.py: opens the CMS message on standard input, as one of KMS's, and writes what
 * is inside.
 *
 *     cms_open KEY.der <message >plaintext
 *
 * Exit status 1, with the error on standard error, if it is refused.
 */
#include "aws/cms.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/ossl.h"

#include <err.h>
#include <stdio.h>

static struct attest_recipient *read_key(const char *path)
{
    struct attest_bytes der = attest_bytes_init(0);
    struct attest_recipient *key = NULL;

    if (attest_file_read(path, 8192, &der, NULL) != ATTEST_OK)
        errx(2, "%s", path);
    const unsigned char *end = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &end, (long)der.size);
    attest_bytes_done(&der);
    if (!pkey || attest_recipient_adopt(&pkey, &key) != ATTEST_OK)
        errx(2, "%s is no key", path);
    return key;
}

int main(int argc, char **argv)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    struct attest_diag diag = { 0 };
    static uint8_t message[2 * ATTEST_CMS_MAX];

    if (argc != 2)
        errx(2, "usage: cms_open KEY.der <message >plaintext");
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = read_key(argv[1]);
    struct attest_view envelope = { message, fread(message, 1, sizeof message, stdin) };
    enum attest_error error = attest_cms_open(envelope, key, &secret, &diag);
    if (error != ATTEST_OK) {
        fprintf(stderr, "%s: %s, found %s\n", attest_error_name(error), diag.expected, diag.found);
        return 1;
    }
    size_t written = fwrite(attest_secret_data(secret), 1, attest_secret_size(secret), stdout);
    return written == attest_secret_size(secret) && fflush(stdout) == 0 ? 0 : 2;
}
