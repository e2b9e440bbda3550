/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates in DER and in PEM: read only if there is no other reading, and then the facts fit. */
#include "tests/fuzz/fuzz.h"

#include "base/certificate.h"

static void look(const struct attest_certificate *certificate)
{
    const struct attest_certificate_facts *facts = attest_certificate_facts(certificate);

    demand(attest_certificate_key(certificate) != NULL);
    demand(attest_certificate_der(certificate).size > 0);
    demand(facts->is_ca || !facts->has_path_length || facts->path_length <= UINT32_MAX);
    demand(facts->has_usage || facts->usage == 0);
    enum attest_error error = attest_certificate_verify(certificate, certificate);
    demand(error == ATTEST_OK || error == ATTEST_REFUSED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *der = NULL;
    _cleanup_(attest_certificate_cleanup) struct attest_certificate *pem = NULL;
    struct attest_view input = { data, size };
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_certificate_parse(input, &der, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (der != NULL));
    if (der) {
        demand(attest_view_equal(attest_certificate_der(der), input));
        look(der);
    }
    error = attest_certificate_from_pem(input, &pem, &diag);
    demand_parsed(error);
    if (pem)
        look(pem);
    return 0;
}
