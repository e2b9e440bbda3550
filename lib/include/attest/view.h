/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that somebody else owns. A view never outlives what it looks at; {NULL, 0} means "not given". */
#ifndef ATTEST_VIEW_H
#define ATTEST_VIEW_H

#include <stddef.h>
#include <stdint.h>

struct attest_view {
    const uint8_t *data;
    size_t size;
};

#endif
