/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the attestd that left this in the TPM still running? Told by its process id and when it started (proc(5)),
 * so that a number used again does not keep a dead one alive. In another PID namespace one that lives looks
 * dead: it then loses its buffer, and makes another.
 */
#include "daemon/owner.h"

#include "base/cleanup.h"
#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define START_FIELD 20 /* behind the state, which is field 3: starttime is field 22 */

struct process {
    char state;
    uint64_t start; /* clock ticks since the machine started */
};

/* The name in parentheses may hold anything: the fields begin behind the last one that closes. */
static bool parse(const char *stat, struct process *ret_process)
{
    const char *at = strrchr(stat, ')');
    char *end;

    if (!at || at[1] != ' ' || at[2] == '\0')
        return false;
    const char state = at[2];
    for (int field = 0; field < START_FIELD && at; field++)
        at = strchr(at + 1, ' ');
    if (!at)
        return false;
    uint64_t start = strtoull(at + 1, &end, 10);
    if (end == at + 1)
        return false;
    *ret_process = (struct process){ state, start };
    return true;
}

static bool look_up(pid_t pid, struct process *ret_process)
{
    char path[32], stat[1024];

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = read(fd, stat, sizeof stat - 1);
    if (size <= 0)
        return false;
    stat[size] = '\0';
    return parse(stat, ret_process);
}

static bool is_alive(const uint8_t owner[ATTEST_TPM_OWNER_SIZE])
{
    struct attest_reader reader = attest_reader_init((struct attest_view){ owner, ATTEST_TPM_OWNER_SIZE });
    struct process process;

    uint32_t pid = attest_reader_u32(&reader);
    uint64_t start = attest_reader_u64(&reader);
    if (pid == 0 || pid > INT32_MAX || (kill((pid_t)pid, 0) < 0 && errno == ESRCH))
        return false;
    if (!look_up((pid_t)pid, &process))
        return true; /* of another user, whose processes are hidden from us */
    return process.start == start && process.state != 'Z' && process.state != 'X';
}

struct attest_tpm_owners owner_self(void)
{
    struct attest_tpm_owners owners = { .is_alive = is_alive };
    struct process process = { 0 };
    const uint32_t pid = (uint32_t)getpid();

    (void)look_up((pid_t)pid, &process);
    for (unsigned i = 0; i < 4; i++)
        owners.self[i] = (uint8_t)(pid >> (24 - 8 * i));
    for (unsigned i = 0; i < 8; i++)
        owners.self[4 + i] = (uint8_t)(process.start >> (56 - 8 * i));
    return owners;
}
