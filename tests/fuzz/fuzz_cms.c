/* SPDX-License-Identifier: Apache-2.0 */
/* KMS's CMS messages, to a key that the seeds are made for: one refusal, or a secret of a size that may be. */
#include "tests/fuzz/fuzz.h"

#include "aws/cms.h"
#include "base/file.h"
#include "base/ossl.h"

#include <string.h>

/* Made once, kept for all inputs: so it is a leak that ends with the process. */
static const struct attest_recipient *seed_key(void)
{
    static struct attest_recipient *key;
    _cleanup_(attest_bytes_done) struct attest_bytes der = attest_bytes_init(0);
    const char *source = getenv("srcdir");
    char path[1024];

    if (key)
        return key;
    snprintf(path, sizeof path, "%s/tests/fuzz/recipient.der", source ? source : ".");
    demand(attest_file_read(path, 8192, &der, NULL) == ATTEST_OK);
    const unsigned char *end = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &end, (long)der.size);
    demand(pkey && attest_recipient_adopt(&pkey, &key) == ATTEST_OK);
    return key;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    static char refusal[sizeof((struct attest_diag *)NULL)->expected];
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_cms_open((struct attest_view){ data, size }, seed_key(), &secret, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (secret != NULL));
    if (secret)
        demand(attest_secret_size(secret) >= 1 && attest_secret_size(secret) <= ATTEST_CMS_PLAIN_MAX);
    if (error != ATTEST_MALFORMED)
        return 0;
    if (!refusal[0])
        memcpy(refusal, diag.expected, sizeof refusal);
    demand(strcmp(refusal, diag.expected) == 0 && !diag.found[0] && diag.offset == 0 && diag.native == 0);
    return 0;
}
