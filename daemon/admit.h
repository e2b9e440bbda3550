/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that need no body. */
#ifndef ATTESTD_ADMIT_H
#define ATTESTD_ADMIT_H

#include "daemon/routes.h"

/* What the head of a request says. Texts are NULL where a header is missing. */
struct request_head {
    const char *path;
    const char *method;
    enum door door;
    int fd; /* of the connection, for who opened it */
    const char *host;
    const char *content_type;
    const char *content_length;
    unsigned content_lengths; /* how many such headers there are */
    const char *transfer_encoding;
    const char *forbidden; /* the name of a header that a browser or a proxy sends; NULL if there is none */
};

/* Sets request->route and its parameters' table, or writes the answer that refuses. */
bool admit(struct request *request, const struct request_head *head);

/* The same of the parameters, when they are understood: whether all may be given through this door. */
bool admit_params(struct request *request);

/* Whether `accept` (or NULL), an Accept header, asks for application/cose before JSON. */
bool admit_accepts_cose(const char *accept);

/* Whether a header is one that only browsers and proxies send: such a request did not come from a local program
 * that means us. */
bool admit_is_forbidden(const char *header);

#endif
