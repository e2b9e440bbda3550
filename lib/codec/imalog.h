/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's list of measured files (IMA), in the binary form of binary_runtime_measurements, little-endian
 * (Linux Documentation/security/IMA-templates.rst, security/integrity/ima/ima_fs.c). Views point into the
 * input.
 */
#ifndef ATTEST_CODEC_IMALOG_H
#define ATTEST_CODEC_IMALOG_H

#include "base/reader.h"

/* An entry is at most this long: signatures and measured buffers have a few KiB. */
#define ATTEST_IMALOG_ENTRY_MAX ((size_t)1 << 20)

/* How many pieces the template's hash is taken over. */
#define ATTEST_IMALOG_PARTS_MAX 3

struct attest_ima_entry {
    uint32_t pcr;
    struct attest_view hash;     /* SHA-1 over the template data */
    struct attest_view template; /* its name */
    struct attest_view data;     /* the template data */
    bool violation;              /* the file was open for writing too: nothing but ones was extended */
};

/* The fields of a template; {NULL, 0} for those it does not have. */
struct attest_ima_fields {
    struct attest_view digest_type; /* "ima" or "verity", in the second version of digests */
    struct attest_view algorithm;
    struct attest_view digest;
    struct attest_view path; /* or what a measured buffer is called */
    struct attest_view signature;
    struct attest_view buffer;
    struct attest_view modsig_algorithm; /* of the digest without the appended signature */
    struct attest_view modsig_digest;
    struct attest_view modsig;
};

/* Takes the next entry. On failure the reader stays where it was: ATTEST_TRUNCATED if the entry goes on behind
 * the input, which is no mistake where more can be read; ATTEST_MALFORMED or ATTEST_TOO_LARGE if it can't be
 * one. */
enum attest_error attest_imalog_next(struct attest_reader *reader, struct attest_ima_entry *ret_entry,
                                     struct attest_diag *diag) attest_must_check;

/* What the template's hash is taken over, in order: the data itself, but that the oldest template pads the
 * name. */
size_t attest_imalog_hashed(const struct attest_ima_entry *entry,
                            struct attest_view ret_parts[ATTEST_IMALOG_PARTS_MAX]);

/* Takes the data apart. ATTEST_UNSUPPORTED for a template that is not known, ATTEST_MALFORMED or
 * ATTEST_TRUNCATED. */
enum attest_error attest_imalog_fields(const struct attest_ima_entry *entry,
                                       struct attest_ima_fields *ret_fields, struct attest_diag *diag)
    attest_must_check;

#endif
