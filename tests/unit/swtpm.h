/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests that talk to a TPM: the one of $ATTESTD_TCTI, which tests/unit/under-swtpm starts, through one
 * connection that all tests of a program share. What a test leaves in the TPM the next one meets.
 */
#ifndef TESTS_UNIT_SWTPM_H
#define TESTS_UNIT_SWTPM_H

#include "tests/unit/unit.h"

#include "tpm/ak.h"
#include "tpm/call.h"

#define TEST_HANDLE  0x81010042u
#define TRANSIENT    0x80000000u /* tpm2-tss's own macro shifts into a sign bit */
#define SESSION      0x02000000u
#define TEST_TIMEOUT 20000u /* milliseconds: sanitizers, and a busy machine that makes an RSA key */

extern struct attest_tpm *swtpm;

/* For a group of tests. swtpm serves one client: who starts another program that uses it closes first. */
int swtpm_open(void **state);
int swtpm_close(void **state);

/* The same with the attestation key at TEST_HANDLE, P-256. */
extern struct attest_tpm_ak swtpm_ak;
int swtpm_open_ak(void **state);
int swtpm_close_ak(void **state);

/* NULL if there is no TPM to test with. */
const char *swtpm_tcti(void);

/* Prints that all is skipped; 0. */
int swtpm_skip(void);

/* main of a program: its tests with a connection, or why they were skipped. */
#define swtpm_run(name, tests)                                                                                 \
    (swtpm_tcti() ? cmocka_run_group_tests_name(name, tests, swtpm_open, swtpm_close) : swtpm_skip())

/* By ESAPI's blocking calls, not by the code under test. */
void swtpm_extend(unsigned pcr, uint8_t byte);
unsigned swtpm_count(TPM2_HANDLE first);                  /* handles of that kind in the TPM */
ESYS_TR swtpm_create(ESYS_TR hierarchy, bool is_signing); /* a transient P-256 primary, not one of ours */
void swtpm_persist(ESYS_TR object, TPM2_HANDLE at);
void swtpm_evict(TPM2_HANDLE at);
void swtpm_flush(ESYS_TR object);

#endif
