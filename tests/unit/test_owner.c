/* SPDX-License-Identifier: Apache-2.0 */
/* Is a process that lives told from one that does not, or is another of the same number? */
#include "tests/unit/unit.h"

#include "daemon/owner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_self(void **state)
{
    const struct attest_tpm_owners owners = owner_self(), again = owner_self();

    (void)state;
    assert_true(owners.is_alive(owners.self));
    assert_memory_equal(owners.self, again.self, sizeof owners.self);
}

static void test_another_start(void **state)
{
    struct attest_tpm_owners owners = owner_self();

    (void)state;
    owners.self[ATTEST_TPM_OWNER_SIZE - 1] ^= 1;
    assert_false(owners.is_alive(owners.self));
}

static void test_nonsense(void **state)
{
    uint8_t owner[ATTEST_TPM_OWNER_SIZE];
    const struct attest_tpm_owners owners = owner_self();

    (void)state;
    memset(owner, 0, sizeof owner);
    assert_false(owners.is_alive(owner));
    memset(owner, 0xff, sizeof owner);
    assert_false(owners.is_alive(owner));
}

/* A child tells who it is, and dies: a zombie at first, which uses nothing. */
static void test_dead(void **state)
{
    int pipe_fds[2];
    struct attest_tpm_owners child;
    const struct attest_tpm_owners owners = owner_self();

    (void)state;
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        child = owner_self();
        _exit(write(pipe_fds[1], child.self, sizeof child.self) == sizeof child.self && pause() ? 0 : 1);
    }
    assert_int_equal(read(pipe_fds[0], child.self, sizeof child.self), sizeof child.self);
    assert_true(owners.is_alive(child.self));
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
    assert_false(owners.is_alive(child.self));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_false(owners.is_alive(child.self));
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self),
        cmocka_unit_test(test_another_start),
        cmocka_unit_test(test_nonsense),
        cmocka_unit_test(test_dead),
    };
    return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
