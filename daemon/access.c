/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May whoever opened this connection ask that? The door is decided by the socket; this file only narrows.
 * Trusts the kernel's word on the peer, never what the peer says.
 */
#include "daemon/access.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/reader.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>

#define NAME_SIZE 256

const char *door_name(enum door door)
{
    return door == DOOR_PUBLIC ? "public" : door == DOOR_UNLOCK ? "unlock" : "TCP";
}

static bool look_up(const char *name, bool is_group, id_t *ret_id)
{
    const struct group *group = is_group ? getgrnam(name) : NULL;
    const struct passwd *user = is_group ? NULL : getpwnam(name);

    if (!group && !user)
        return false;
    *ret_id = group ? group->gr_gid : user->pw_uid;
    return true;
}

static bool parse_id(struct attest_view text, bool is_group, id_t *ret_id)
{
    char name[NAME_SIZE] = "";
    uint64_t number;

    if (attest_decode_decimal(text, UINT32_MAX - 1, &number, NULL) == ATTEST_OK) {
        *ret_id = (id_t)number;
        return true;
    }
    if (text.size == 0 || text.size >= sizeof name)
        return false;
    memcpy(name, text.data, text.size);
    return look_up(name, is_group, ret_id);
}

static enum attest_error parse_entry(struct attest_view item, struct access_rule *rule,
                                     struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(item);
    struct attest_view kind;
    char text[NAME_SIZE];

    attest_reader_split(&reader, ':', &kind);
    struct attest_view name = attest_reader_take(&reader, attest_reader_left(&reader));
    bool is_group = attest_view_equal(kind, attest_view_text("group"));
    attest_error_printable((const char *)item.data, item.size, text, sizeof text);
    if (rule->count == ACCESS_ENTRIES_MAX)
        return attest_fail(diag, ATTEST_TOO_LARGE, NULL, "at most %d users and groups", ACCESS_ENTRIES_MAX);
    if ((!is_group && !attest_view_equal(kind, attest_view_text("user"))) ||
        !parse_id(name, is_group, &rule->entries[rule->count].id))
        return attest_fail(diag, ATTEST_MALFORMED, text,
                           "door, nobody, or user:NAME and group:NAME of this machine, with commas between");
    rule->entries[rule->count++].is_group = is_group;
    return ATTEST_OK;
}

enum attest_error access_parse(struct attest_view text, struct access_rule *ret_rule, struct attest_diag *diag)
{
    struct attest_reader items = attest_reader_init(text);
    struct access_rule rule = { .kind = ACCESS_LIST };
    struct attest_view item;
    bool more;

    if (attest_view_equal(text, attest_view_text("door"))) {
        *ret_rule = (struct access_rule){ .kind = ACCESS_DOOR };
        return ATTEST_OK;
    }
    if (attest_view_equal(text, attest_view_text("nobody"))) {
        *ret_rule = (struct access_rule){ .kind = ACCESS_NOBODY };
        return ATTEST_OK;
    }
    do {
        more = attest_reader_split(&items, ',', &item);
        attest_try(parse_entry(item, &rule, diag));
    } while (more);
    *ret_rule = rule;
    return ATTEST_OK;
}

static bool in_list(const struct access_rule *rule, bool is_group, id_t id)
{
    for (size_t i = 0; i < rule->count; i++)
        if (rule->entries[i].is_group == is_group && rule->entries[i].id == id)
            return true;
    return false;
}

/* The supplementary groups of the peer. The kernel says how many there are if there is not room enough. */
static bool any_group(const struct access_rule *rule, int fd)
{
    _cleanup_free_ gid_t *groups = NULL;
    socklen_t size = 0;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || errno != ERANGE)
        return false;
    groups = malloc(size);
    if (!groups || getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
        return false;
    for (size_t i = 0; i < size / sizeof *groups; i++)
        if (in_list(rule, true, groups[i]))
            return true;
    return false;
}

bool access_allows(const struct access_rule *rule, enum door door, int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    if (rule->kind != ACCESS_LIST)
        return rule->kind == ACCESS_DOOR;
    if (door == DOOR_TCP || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return false;
    return in_list(rule, false, peer.uid) || in_list(rule, true, peer.gid) || any_group(rule, fd);
}
