/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EFI_SIGNATURE_LISTs, one after the other (UEFI 2.10 §32.4.1): what PK, KEK, db, dbx and shim's MokList hold.
 * Views point into the input.
 *
 *     struct attest_esl esl = attest_esl_init(input);
 *     while (attest_esl_next(&esl, &entry))
 *         ...
 *     attest_try(attest_esl_end(&esl, diag));
 */
#ifndef ATTEST_CODEC_ESL_H
#define ATTEST_CODEC_ESL_H

#include "base/reader.h"

/* EFI_SIGNATURE_DATA, and the type of the list that it is in. */
struct attest_esl_entry {
    struct attest_view type;  /* EFI_GUID */
    struct attest_view wire;  /* owner and data: what firmware measures as authority (PFP §3.3.4.8) */
    struct attest_view owner; /* EFI_GUID */
    struct attest_view data;  /* a certificate in DER, a hash */
};

struct attest_esl {
    struct attest_reader lists;
    struct attest_reader entries; /* of the current list */
    struct attest_view type;
    size_t entry_size;
    bool malformed;
};

struct attest_esl attest_esl_init(struct attest_view input);

/* The next entry; false at the end, or where the lists can't be read any further. */
bool attest_esl_next(struct attest_esl *esl, struct attest_esl_entry *ret_entry);

/* After the last entry: ATTEST_OK where all of the input was lists, ATTEST_TRUNCATED or ATTEST_MALFORMED. */
enum attest_error attest_esl_end(const struct attest_esl *esl, struct attest_diag *diag) attest_must_check;

#endif
