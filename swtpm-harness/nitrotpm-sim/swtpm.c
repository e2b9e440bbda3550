/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How is the TPM reached that we stand before? swtpm is our child, on two socket pairs, so that there is no
 * address that anybody else could use, and it ends when we do, however we end. Every wait has a limit and ends
 * at SIGTERM.
 */
#include "swtpm-harness/nitrotpm-sim/swtpm.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "swtpm-harness/nitrotpm-sim/clock.h"
#include "swtpm-harness/nitrotpm-sim/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SETUP_LIMIT_MS  60000
#define ANSWER_LIMIT_MS 120000 /* an RSA-4096 key on a slow machine */
#define STOP_LIMIT_MS   2000
#define CMD_SHUTDOWN    3

/* Of the child: dies with us, has its signals back, and keeps only the descriptors that are meant for it. */
static void become(char *const arguments[], const int *kept, size_t kept_count)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* a Ctrl-C for us is not one for it: we stop it in order */
    signals_unblock();
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    for (size_t i = 0; i < kept_count; i++)
        fcntl(kept[i], F_SETFD, 0);
    execvp(arguments[0], arguments);
    _exit(127);
}

static enum attest_error spawn(char *const arguments[], const int *kept, size_t kept_count, pid_t *ret_pid,
                               struct attest_diag *diag)
{
    pid_t pid = fork();

    if (pid < 0)
        return attest_fail_errno(diag, errno, "to start %s", arguments[0]);
    if (pid == 0)
        become(arguments, kept, kept_count);
    *ret_pid = pid;
    return ATTEST_OK;
}

/* Whether it ended within the time, and with which status. */
static bool reap(pid_t pid, int limit_ms, int *ret_status)
{
    const struct timespec step = { 0, 5000000 };

    for (int64_t end = clock_running_ms() + limit_ms; clock_running_ms() < end; nanosleep(&step, NULL))
        if (waitpid(pid, ret_status, WNOHANG) == pid)
            return true;
    return false;
}

static void end(pid_t pid)
{
    int status;

    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}

/* In a folder beside it that is renamed when it is whole: a start that was killed leaves nothing half-made. */
static enum attest_error make_state(const char *path, struct attest_diag *diag)
{
    _cleanup_free_ char *making = NULL;
    pid_t pid = -1;
    int status = 0;

    if (asprintf(&making, "%s.new", path) < 0)
        return ATTEST_MEMORY;
    if (mkdir(making, 0700) < 0 && errno != EEXIST)
        return attest_fail_errno(diag, errno, "to make %s", making);
    char *arguments[] = { "swtpm_setup", "--tpm2",        "--tpm-state", making,
                          "--pcr-banks", "sha256,sha384", "--overwrite", NULL };
    attest_try(spawn(arguments, NULL, 0, &pid, diag));
    if (!reap(pid, SETUP_LIMIT_MS, &status)) {
        end(pid);
        return attest_fail(diag, ATTEST_SYSTEM, NULL, "swtpm_setup to be done within a minute");
    }
    if (status != 0)
        return attest_fail(diag, ATTEST_SYSTEM, NULL, "swtpm_setup to make the TPM's state (is it installed?)");
    if (rename(making, path) < 0)
        return attest_fail_errno(diag, errno, "to rename %s", making);
    return ATTEST_OK;
}

/* Where a client had it stored (CMD_STORE_VOLATILE), it would be taken up again: but this is a power on. */
static enum attest_error forget_volatile(const char *path, struct attest_diag *diag)
{
    _cleanup_free_ char *stored = NULL;

    if (asprintf(&stored, "%s/tpm2-00.volatilestate", path) < 0)
        return ATTEST_MEMORY;
    if (unlink(stored) < 0 && errno != ENOENT)
        return attest_fail_errno(diag, errno, "to remove %s", stored);
    return ATTEST_OK;
}

static enum attest_error launch(struct swtpm *swtpm, const char *path, int data, int control,
                                struct attest_diag *diag)
{
    _cleanup_free_ char *state = NULL, *data_text = NULL, *control_text = NULL;
    const int kept[] = { data, control };

    if (asprintf(&state, "dir=%s", path) < 0 || asprintf(&data_text, "%d", data) < 0 ||
        asprintf(&control_text, "type=unixio,clientfd=%d", control) < 0)
        return ATTEST_MEMORY;
    char *arguments[] = { "swtpm",
                          "socket",
                          "--tpm2",
                          "--tpmstate",
                          state,
                          "--fd",
                          data_text,
                          "--ctrl",
                          control_text,
                          "--flags",
                          "not-need-init,startup-clear",
                          NULL };
    return spawn(arguments, kept, 2, &swtpm->pid, diag);
}

static enum attest_error connect_pairs(struct swtpm *swtpm, const char *path, struct attest_diag *diag)
{
    int data[2], control[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, data) < 0)
        return attest_fail_errno(diag, errno, "a pair of sockets");
    swtpm->data = data[0];
    _cleanup_close_ int data_end = data[1];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) < 0)
        return attest_fail_errno(diag, errno, "a pair of sockets");
    swtpm->control = control[0];
    _cleanup_close_ int control_end = control[1];
    return launch(swtpm, path, data_end, control_end, diag);
}

enum attest_error swtpm_start(struct swtpm *ret_swtpm, const char *path, struct signals *signals,
                              struct attest_diag *diag)
{
    struct swtpm swtpm = { .pid = -1, .data = -1, .control = -1, .signals = signals };

    if (access(path, F_OK) < 0)
        attest_try(make_state(path, diag));
    attest_try(forget_volatile(path, diag));
    enum attest_error error = connect_pairs(&swtpm, path, diag);
    if (error != ATTEST_OK)
        swtpm_stop(&swtpm);
    else
        *ret_swtpm = swtpm;
    return error;
}

void swtpm_stop(struct swtpm *swtpm)
{
    static const uint8_t shutdown_request[4] = { 0, 0, 0, CMD_SHUTDOWN };
    int status;

    if (swtpm->pid > 0) {
        kill(swtpm->pid, SIGCONT); /* a stopped one could not hear it */
        (void)!write(swtpm->control, shutdown_request, sizeof shutdown_request);
        if (!reap(swtpm->pid, STOP_LIMIT_MS, &status))
            end(swtpm->pid);
    }
    swtpm->pid = -1;
    attest_cleanup_close(&swtpm->data);
    attest_cleanup_close(&swtpm->control);
    swtpm->data = swtpm->control = -1;
}

static enum attest_error wait_for(struct swtpm *swtpm, int fd, short events, int64_t limit,
                                  struct attest_diag *diag)
{
    struct pollfd polled[] = { { fd, events, 0 }, { swtpm->signals->fd, POLLIN, 0 } };

    while (clock_running_ms() < limit) {
        if (poll(polled, 2, clock_until(limit)) < 0 && errno != EINTR)
            return attest_fail_errno(diag, errno, "to wait for swtpm");
        if (polled[1].revents)
            signals_take(swtpm->signals);
        if (swtpm->signals->stop)
            return attest_fail(diag, ATTEST_SYSTEM, NULL, "not to be stopped");
        if (polled[0].revents)
            return ATTEST_OK;
    }
    return attest_fail(diag, ATTEST_TPM_TIMEOUT, NULL, "swtpm to answer within %d s", ANSWER_LIMIT_MS / 1000);
}

static enum attest_error gone(struct attest_diag *diag)
{
    return attest_fail(diag, ATTEST_TPM_LOST, NULL, "swtpm to be there");
}

static enum attest_error send_all(struct swtpm *swtpm, int fd, struct attest_view data, int64_t limit,
                                  struct attest_diag *diag)
{
    for (size_t sent = 0; sent < data.size;) {
        attest_try(wait_for(swtpm, fd, POLLOUT, limit, diag));
        ssize_t size = send(fd, data.data + sent, data.size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN && errno != EINTR)
            return gone(diag);
        sent += size > 0 ? (size_t)size : 0;
    }
    return ATTEST_OK;
}

/* Whatever one read gives. */
static enum attest_error receive(struct swtpm *swtpm, int fd, int64_t limit, struct attest_bytes *out,
                                 struct attest_diag *diag)
{
    uint8_t buffer[COMMAND_SIZE_MAX];
    ssize_t size;

    do {
        attest_try(wait_for(swtpm, fd, POLLIN, limit, diag));
        size = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    } while (size < 0 && (errno == EAGAIN || errno == EINTR));
    if (size <= 0)
        return gone(diag);
    attest_bytes_append(out, (struct attest_view){ buffer, (size_t)size });
    return attest_bytes_check(out);
}

/* Until what came after the first `before` bytes is a whole response, and no more than that. */
static enum attest_error receive_response(struct swtpm *swtpm, int64_t limit, size_t before,
                                          struct attest_bytes *out, struct attest_diag *diag)
{
    size_t got = 0, size = COMMAND_HEADER_SIZE;

    while (got < size) {
        attest_try(receive(swtpm, swtpm->data, limit, out, diag));
        got = out->size - before;
        if (got >= COMMAND_HEADER_SIZE)
            size = command_announced_size(out->data + before);
    }
    if (got != size)
        return attest_fail(diag, ATTEST_TPM_LOST, NULL, "swtpm to give one response of at most %d bytes",
                           COMMAND_SIZE_MAX);
    return ATTEST_OK;
}

enum attest_error swtpm_transact(struct swtpm *swtpm, struct attest_view command, struct attest_bytes *out,
                                 struct attest_diag *diag)
{
    int64_t limit = clock_running_ms() + ANSWER_LIMIT_MS;
    size_t before = out->size;

    attest_try(send_all(swtpm, swtpm->data, command, limit, diag));
    return receive_response(swtpm, limit, before, out, diag);
}

/* swtpm writes each answer at once, and a pair of Unix sockets keeps it whole; the next comes only when asked
 * for. */
enum attest_error swtpm_control(struct swtpm *swtpm, struct attest_view request, struct attest_bytes *out,
                                struct attest_diag *diag)
{
    int64_t limit = clock_running_ms() + ANSWER_LIMIT_MS;

    attest_try(send_all(swtpm, swtpm->control, request, limit, diag));
    return receive(swtpm, swtpm->control, limit, out, diag);
}
