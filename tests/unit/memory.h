/* SPDX-License-Identifier: Apache-2.0 */
/* Where in this process's own memory do certain bytes lie? What is looked for is given as its complement, so
 * that what is given isn't found. */
#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include "attest/view.h"

struct memory_found {
    unsigned inside; /* the mapping that holds a certain address */
    unsigned outside;
};

/* In all that can be read, forwards and backwards (as numbers lie in little-endian machines), the mapping of
 * `address` apart. AddressSanitizer's shadow is left out by its size. */
struct memory_found memory_find(struct attest_view complement, const void *address);

#endif
