/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameters of a request: declared by each route in a table, which also becomes the OpenAPI description,
 * and taken from the query or from a JSON object.
 */
#ifndef ATTESTD_PARAMS_H
#define ATTESTD_PARAMS_H

#include "attest/hash.h"
#include "base/bytes.h"

#define PARAMS_MAX 4

enum param_type {
    PARAM_HEX,        /* value.bytes */
    PARAM_BASE64,     /* value.bytes */
    PARAM_PUBLIC_KEY, /* value.bytes: base64, or PEM, whose content they then are */
    PARAM_BANK,       /* value.bank */
    PARAM_SELECTION,  /* value.mask */
    PARAM_CHOICE,     /* value.choice: which of `choices` */
    PARAM_NUMBER,     /* value.number: from `least` to `most`; a number in JSON too */
    PARAM_NAME,       /* value.bytes: the name of a secret */
};

struct param {
    const char *name;
    enum param_type type;
    bool required;
    size_t least, most;         /* bytes of data, for hex and base64; values, for numbers */
    unsigned doors;             /* through which it may be given; 0: all of the route's */
    const char *const *choices; /* ends with NULL */
    const char *reserved;       /* how the data must not begin; NULL: no matter */
    const char *what;           /* for OpenAPI and error messages */
};

struct param_value {
    bool given;
    struct attest_bytes bytes;
    enum attest_hash bank;
    uint32_t mask;
    unsigned choice;
    unsigned number;
};

/* The values of a route's parameters, in the order of its table. */
struct params {
    const struct param *table; /* ends with a NULL name */
    struct param_value values[PARAMS_MAX];
};

/* What was wrong with a parameter, for the problem document. */
struct param_problem {
    char parameter[64]; /* its name, printable; empty if none is concerned */
    bool has_length;    /* it was too short or too long: */
    size_t got_length;  /* bytes of data */
};

/* The problem is with that parameter. */
void params_blame(struct param_problem *problem, const char *name);

/* A zeroed object is accepted. */
void params_done(struct params *params);

/* One parameter as text. `problem` and `diag` say what was expected; the name may be hostile. ATTEST_MALFORMED
 * and ATTEST_TOO_LARGE. */
enum attest_error params_set(struct params *params, const char *name, struct attest_view text,
                             struct param_problem *problem, struct attest_diag *diag) attest_must_check;

/* All members of a JSON object (nothing at all counts as an empty one). */
enum attest_error params_set_json(struct params *params, struct attest_view json, struct param_problem *problem,
                                  struct attest_diag *diag) attest_must_check;

/* Demands those that are required. */
enum attest_error params_check(const struct params *params, struct param_problem *problem,
                               struct attest_diag *diag) attest_must_check;

#endif
