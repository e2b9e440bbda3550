/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ties a frame to its message and its place in it? AWS Encryption SDK specification,
 * data-format/message-body.md ("IV") and data-format/message-body-aad.md.
 */
#include "seal/body.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <string.h>

#define AAD_MAX 128

/* "Body AAD Content" */
static const char *const contents[] = {
    [ATTEST_BODY_UNFRAMED] = "AWSKMSEncryptionClient Single Block",
    [ATTEST_BODY_FRAME] = "AWSKMSEncryptionClient Frame",
    [ATTEST_BODY_FINAL_FRAME] = "AWSKMSEncryptionClient Final Frame",
};

void attest_body_iv(uint32_t sequence, uint8_t ret_iv[ATTEST_GCM_IV_SIZE])
{
    memset(ret_iv, 0, ATTEST_GCM_IV_SIZE);
    for (size_t i = 1; i <= sizeof sequence; i++, sequence >>= 8)
        ret_iv[ATTEST_GCM_IV_SIZE - i] = (uint8_t)sequence;
}

enum attest_error attest_body_begin(struct attest_gcm *gcm, struct attest_view message_id,
                                    enum attest_body_kind kind, uint32_t sequence,
                                    const uint8_t iv[ATTEST_GCM_IV_SIZE], uint64_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes aad = attest_bytes_init(AAD_MAX);

    attest_bytes_append(&aad, message_id);
    attest_bytes_append_text(&aad, contents[kind]);
    attest_bytes_append_u32(&aad, sequence);
    attest_bytes_append_u32(&aad, (uint32_t)(size >> 32));
    attest_bytes_append_u32(&aad, (uint32_t)size);
    attest_try(attest_bytes_check(&aad));
    return attest_gcm_begin(gcm, iv, attest_bytes_view(&aad));
}
