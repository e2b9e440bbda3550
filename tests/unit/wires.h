/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TPM's structures as others encode them: tss2-mu marshals, OpenSSL signs, printf writes the JSON. Nothing of
 * the code under test is used, so that encoder and parser can't be wrong together.
 *
 *     struct wires wires;
 *     wires_init(&wires, "P-256");
 *     wires.attest.extraData.buffer[0] ^= 1;     any change
 *     wires_seal(&wires);                        signs and marshals what is there now
 */
#ifndef TESTS_UNIT_WIRES_H
#define TESTS_UNIT_WIRES_H

#include "attest/hash.h"
#include "attest/view.h"

#include <openssl/evp.h>
#include <tss2/tss2_mu.h>

struct wire {
    uint8_t data[1100];
    size_t size;
};

struct wires {
    EVP_PKEY *key;
    TPMT_PUBLIC public;
    TPMS_ATTEST attest;
    TPMT_SIGNATURE signature;
    uint8_t pcrs[24][48]; /* SHA-384; in JSON those that attest selects first */
    uint8_t nonce[32];    /* in the bundle; attest has its own copy */
    uint8_t name[34];     /* SHA-256's */

    struct wire public_wire, attest_wire, signature_wire;
    char pem[1024];
    char pcrs_json[4096];
    char bundle[16384];
};

/* An AK as attestd makes it, of the kind "P-256", "P-384", "P-521", "RSASSA" or "RSAPSS", and its quote over
 * SHA-384 PCRs 0 to 3 and 11, sealed. */
void wires_init(struct wires *wires, const char *kind);
void wires_done(struct wires *wires);

/* Recomputes name, qualified signer and PCR digest. wires_init has done so. */
void wires_name(struct wires *wires);
void wires_digest_pcrs(struct wires *wires);

/* Signs `attest` as it is, and makes every wire and text. */
void wires_seal(struct wires *wires);

struct attest_view wire_view(const struct wire *wire);

/* Base64 by OpenSSL. */
void wires_base64(struct attest_view data, char *ret_text, size_t size);

#endif
