/* SPDX-License-Identifier: Apache-2.0 */
/* The Nitro Security Module's messages: externally tagged CBOR, one request and one response in the message
 * buffer. */
#ifndef NITROTPM_SIM_NSM_H
#define NITROTPM_SIM_NSM_H

#include "base/bytes.h"

#include <stdbool.h>

#define NSM_FIELD_MAX 1024 /* of user_data, nonce and public_key each */

struct nsm_field {
    bool given; /* neither absent nor null; it may be empty */
    struct attest_view value;
};

struct nsm_request {
    struct nsm_field user_data;
    struct nsm_field nonce;
    struct nsm_field public_key;
};

/* The Attestation request that `buffer` begins with, as views into it. NULL, or the name of the NSM's error. */
const char *nsm_parse(struct attest_view buffer, struct nsm_request *ret_request);

void nsm_append_error(struct attest_bytes *out, const char *name);
void nsm_append_document(struct attest_bytes *out, struct attest_view document);

/* Whether the NSM has an error of this name. */
bool nsm_is_error(const char *name);

#endif
