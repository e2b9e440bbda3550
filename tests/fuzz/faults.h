/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults by a seed: while they are on, allocations (ours and OpenSSL's), json-c's beginning, and system calls
 * fail now and then. The linker puts faults.c in their place (--wrap, see FAULTS_LINK).
 */
#ifndef TESTS_FUZZ_FAULTS_H
#define TESTS_FUZZ_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* Before anything else; OpenSSL takes allocators only before its first allocation. */
void faults_init(void);

/* Even seeds fail one call, number seed / 2; odd ones each call by a chance that the seed decides too. */
void faults_on(uint32_t seed);

/* Returns how many calls failed; `ret_calls`, how many could have. */
unsigned faults_off(unsigned *ret_calls);

#endif
