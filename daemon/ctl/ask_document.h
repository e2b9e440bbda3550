/* SPDX-License-Identifier: Apache-2.0 */
/* An attestation document asked for, which carries what it was asked to. */
#ifndef ATTESTCTL_ASK_DOCUMENT_H
#define ATTESTCTL_ASK_DOCUMENT_H

#include "attest/document.h"
#include "base/bytes.h"
#include "daemon/ctl/options.h"

/* What it is to carry; a view whose `data` is NULL stands for nothing. */
struct ctl_document_wish {
    struct attest_view nonce;
    struct attest_view user_data;
    struct attest_view public_key;
};

struct ctl_document_answer {
    struct attest_bytes json; /* as attestd gave it */
    struct attest_bytes bare; /* the COSE_Sign1 bytes in it */
    struct attest_document *document;
};

/* A zeroed answer is accepted. */
void ctl_document_answer_done(struct ctl_document_answer *answer);

/* Asks attestd, by the unlock door where a public key is wanted and no address is given. ATTEST_REFUSED if the
 * document carries anything else than what was asked for. */
enum attest_error ctl_ask_document(struct ctl_call *call, const struct ctl_document_wish *wish,
                                   struct ctl_document_answer *ret_answer) attest_must_check;

#endif
