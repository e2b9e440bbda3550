/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a harness is: one function, called with hostile bytes, that ends the process where something that must
 * hold doesn't. libFuzzer calls it (--enable-fuzzers), or replay.c with each file of its corpus.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "attest/error.h"
#include "base/bytes.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>

__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define demand(condition)                                                                                      \
    do {                                                                                                       \
        if (!(condition)) {                                                                                    \
            fprintf(stderr, "%s:%d: demanded %s\n", __FILE__, __LINE__, #condition);                           \
            abort();                                                                                           \
        }                                                                                                      \
    } while (0)

/* A parser of bytes says that it can't read them, or that they are too many; nothing else. */
static inline void demand_parsed(enum attest_error error)
{
    enum attest_category category = attest_error_category(error);

    demand(category == ATTEST_CATEGORY_OK || category == ATTEST_CATEGORY_MALFORMED ||
           category == ATTEST_CATEGORY_LIMIT);
}

/* Harnesses of several parts take them apart at this. */
#define SEPARATOR "\n--\n"

static inline struct attest_view take_part(struct attest_view *input)
{
    const struct attest_view separator = attest_view_text(SEPARATOR);
    struct attest_view part = *input;

    for (size_t i = 0; i + separator.size <= input->size; i++) {
        if (!attest_view_equal((struct attest_view){ input->data + i, separator.size }, separator))
            continue;
        part.size = i;
        input->data += i + separator.size;
        input->size -= i + separator.size;
        return part;
    }
    *input = (struct attest_view){ 0 };
    return part;
}

#endif
