/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who else on this machine may open the TPM? Whoever may can get documents and quotes without us, so the
 * administrator should see who that is (docs/threat-model.md).
 */
#include "daemon/openers.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

static void write_owner(struct attest_json_writer *json, uid_t uid)
{
    const struct passwd *user = getpwuid(uid);

    if (user)
        attest_json_write_text(json, "owner", user->pw_name);
    else
        attest_json_write_format(json, "owner", "%u", uid);
}

static void write_group(struct attest_json_writer *json, gid_t gid)
{
    const struct group *group = getgrgid(gid);

    if (group)
        attest_json_write_text(json, "group", group->gr_name);
    else
        attest_json_write_format(json, "group", "%u", gid);
    attest_json_open(json, "members", '[');
    for (char **member = group ? group->gr_mem : NULL; member && *member; member++)
        attest_json_write_text(json, NULL, *member);
    attest_json_close(json, ']');
}

void openers_write(struct attest_json_writer *json, const char *name)
{
    static const char *const devices[] = { "/dev/tpm0", "/dev/tpmrm0" };
    struct stat status;

    attest_json_open(json, name, '[');
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        if (stat(devices[i], &status) < 0)
            continue;
        attest_json_open(json, NULL, '{');
        attest_json_write_text(json, "path", devices[i]);
        attest_json_write_format(json, "mode", "%04o", status.st_mode & 07777);
        write_owner(json, status.st_uid);
        write_group(json, status.st_gid);
        attest_json_close(json, '}');
    }
    attest_json_close(json, ']');
}
