/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KMS said no: what does that mean here, and what is to be done (AWS KMS API Reference, errors of Decrypt and
 * GenerateDataKey, and Common Errors; KMS Developer Guide, Condition keys for NitroTPM)? KMS tells neither
 * which condition failed nor what it compared, so what was presented is the half that can be shown.
 */
#include "aws/kms_fault.h"

#include "base/encode.h"
#include "base/error.h"
#include "codec/pcrs.h"
#include "evidence/document.h"

#include <string.h>

#define PASSES_BY_ITSELF "try again; it passes by itself"

static const struct attest_kms_fault faults[] = {
    { "AccessDeniedException",
      "no statement of the key's policy or the role's admits this caller with these PCR values, or one denies "
      "it",
      "compare the PCR values presented, and the encryption context, with the conditions of the key's policy, "
      "and see that the role may use the key" },
    { "ValidationException",
      "KMS does not take the request: most often it cannot verify the attestation document",
      "see that the document is this instance's, minutes old at most, and names an RSA key" },
    { "InvalidCiphertextException",
      "the sealed form was changed, or was sealed with another encryption context",
      "compare encryption-context, letter by letter, with the one it was sealed with; then seal again" },
    { "IncorrectKeyException", "the sealed form is of another key than the one named",
      "set key-id to the key that sealed it" },
    { "NotFoundException", "there is no such key in this Region and account",
      "check key-id; for a replica, check its Region" },
    { "DisabledException", "the key is disabled", "enable the key" },
    { "KMSInvalidStateException", "the key is disabled, about to be deleted, or without key material",
      "look at the key's state; it can be used again once that is changed" },
    { "InvalidKeyUsageException", "the key is not one that encrypts symmetrically",
      "set key-id to a symmetric encryption key" },
    { "UnsupportedOperationException", "the key cannot do that, as keys of some key stores cannot",
      "set key-id to a key in KMS itself" },
    { "InvalidGrantTokenException", "a grant token is not valid", "ask without grant tokens" },
    { "DryRunOperationException", "the request would have succeeded", "nothing" },
    { "ExpiredTokenException", "the role's credentials have expired",
      "check the clock, and that the instance metadata service gives new ones" },
    { "UnrecognizedClientException", "the credentials are not known, or belong to another partition",
      "check the instance's role, and the Region of key-id" },
    { "InvalidSignatureException",
      "the signature does not fit: a clock that is off, or a proxy that changes requests",
      "check the clock, and what is between here and the endpoint" },
    { "IncompleteSignature*", "the signature arrived incomplete",
      "check what is between here and the endpoint" },
    { "MissingAuthenticationToken*", "the signature did not arrive",
      "check what is between here and the endpoint" },
    { "OptInRequired", "the account may not use KMS here", "see that the account and the Region are enabled" },
    { "SerializationException", "the request did not arrive as it was sent",
      "check what is between here and the endpoint" },
    { "UnknownOperationException", "the endpoint is not KMS's", "check endpoint-kms" },
    { "Throttling*", "there are more requests than KMS takes from this account", PASSES_BY_ITSELF },
    { "TooManyRequestsException", "there are more requests than KMS takes from this account",
      PASSES_BY_ITSELF },
    { "LimitExceededException", "a quota of the account is used up",
      "ask AWS for a higher quota, or use less" },
    { "KMSInternalException", "KMS has trouble of its own", PASSES_BY_ITSELF },
    { "DependencyTimeoutException", "KMS has trouble of its own", PASSES_BY_ITSELF },
    { "KeyUnavailableException", "KMS has trouble of its own with this key", PASSES_BY_ITSELF },
    { "InternalFailure", "KMS has trouble of its own", PASSES_BY_ITSELF },
    { "ServiceUnavailable*", "KMS has trouble of its own", PASSES_BY_ITSELF },
    { "RequestTimeout*", "KMS waited too long for the request", PASSES_BY_ITSELF },
    { "CustomKeyStore*", "the key lies in a key store of yours, which does not answer",
      "look at the state of the key store" },
    { "Xks*", "the key lies in a key store outside AWS, which does not answer as it should",
      "look at the key store's proxy" },
};

static const struct attest_kms_fault unknown = {
    "", "KMS refused for a reason that is not known here",
    "look the error up in the AWS KMS API Reference; AWS's support finds it by its request id"
};

static bool is_of(const char *type, const char *row)
{
    size_t length = strlen(row);

    return row[length - 1] == '*' ? strncmp(type, row, length - 1) == 0 : strcmp(type, row) == 0;
}

const struct attest_kms_fault *attest_kms_fault_find(const char *type)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (is_of(type, faults[i].type))
            return &faults[i];
    return &unknown;
}

static bool is_zero(struct attest_view value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i] != 0)
            return false;
    return true;
}

enum attest_error attest_kms_fault_presented(const struct attest_document *document, struct attest_bytes *out)
{
    const bool is_enclave = attest_document_claims(document).kind == ATTEST_DOCUMENT_ENCLAVE;
    uint32_t zeros = 0;
    char selection[80];

    for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
        struct attest_view value = attest_document_pcr(document, i);
        if (value.size == 0)
            continue;
        if (is_zero(value)) {
            zeros |= 1u << i;
            continue;
        }
        attest_bytes_append_format(out, "kms:RecipientAttestation:%sPCR%u = ", is_enclave ? "" : "NitroTPM", i);
        attest_encode_hex(out, value);
        attest_bytes_append_text(out, "\n");
    }
    attest_pcrs_format_selection(zeros, selection, sizeof selection);
    if (zeros != 0)
        attest_bytes_append_format(out, "all zero: PCR %s\n", selection);
    return attest_bytes_check(out);
}
