/* SPDX-License-Identifier: Apache-2.0 */
/* Doors, and the rules that narrow them. */
#ifndef ATTESTD_ACCESS_H
#define ATTESTD_ACCESS_H

#include "attest/error.h"
#include "attest/view.h"

#include <stdbool.h>
#include <sys/types.h>

/* Which socket a request came through decides what it may ask: the socket's owner and mode are the check. */
enum door {
    DOOR_PUBLIC = 1, /* Unix, for everybody */
    DOOR_UNLOCK = 2, /* Unix, for attestd-unlock */
    DOOR_TCP = 4,    /* loopback: no identity */
};

#define DOORS_UNIX (DOOR_PUBLIC | DOOR_UNLOCK)
#define DOORS_ALL  (DOORS_UNIX | DOOR_TCP)

const char *door_name(enum door door);

#define ACCESS_ENTRIES_MAX 32

/* Who of those that a door lets in may use an endpoint. A zeroed rule lets nobody in. */
struct access_rule {
    enum { ACCESS_NOBODY, ACCESS_DOOR, ACCESS_LIST } kind;
    size_t count;
    struct {
        bool is_group;
        id_t id;
    } entries[ACCESS_ENTRIES_MAX];
};

/* "door", "nobody", or "user:NAME,group:NAME", names looked up now. ATTEST_MALFORMED. */
enum attest_error access_parse(struct attest_view text, struct access_rule *ret_rule, struct attest_diag *diag)
    attest_must_check;

/* Whether whoever opened the connection `fd` may, by SO_PEERCRED and SO_PEERGROUPS (unix(7)). Nobody is above
 * the list: root in a container is uid 0 too. */
bool access_allows(const struct access_rule *rule, enum door door, int fd);

#endif
