/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials as IMDS writes them: whatever is taken can stand in a header. */
#include "tests/fuzz/fuzz.h"

#include "aws/credentials_read.h"

#include <string.h>

static void demand_printable(const uint8_t *data, size_t size)
{
    demand(size > 0);
    for (size_t i = 0; i < size; i++)
        demand(data[i] > ' ' && data[i] <= '~');
}

static void demand_secret(struct attest_secret *secret)
{
    demand(secret);
    demand_printable(attest_secret_data(secret), attest_secret_size(secret));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_credentials_cleanup) struct attest_credentials *credentials = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_credentials_read((struct attest_view){ data, size }, &credentials, &diag);
    demand((error == ATTEST_OK) == (credentials != NULL));
    if (error != ATTEST_REMOTE) /* what IMDS itself says */
        demand_parsed(error);
    if (!credentials)
        return 0;
    const char *id = attest_credentials_access_key_id(credentials);
    demand_printable((const uint8_t *)id, strlen(id));
    demand(!strpbrk(id, "/=,"));
    demand_secret(attest_credentials_secret_access_key(credentials));
    demand_secret(attest_credentials_session_token(credentials));
    return 0;
}
