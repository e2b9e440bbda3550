/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PEM: one that is read is written, and read again as the same. */
#include "tests/fuzz/fuzz.h"

#include "base/key.h"

#include <openssl/err.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL, *again = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(1 << 14);
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_key_from_pem((struct attest_view){ data, size }, &key, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (key != NULL));
    demand(ERR_peek_error() == 0);
    if (!key)
        return 0;
    demand(attest_key_encode_pem(key, &pem) == ATTEST_OK);
    demand(attest_key_from_pem(attest_bytes_view(&pem), &again, &diag) == ATTEST_OK);
    demand(attest_key_equal(key, again));
    return 0;
}
