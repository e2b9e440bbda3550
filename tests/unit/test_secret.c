/* SPDX-License-Identifier: Apache-2.0 */
/* Does the kernel agree that a secret is kept out of core files and of children? (Locked: test_secret_lock.c.)
 */
#include "tests/unit/unit.h"

#include "base/secret.h"

#include <sys/wait.h>

/* Whether the mapping that holds `address` has the flag (proc_pid_smaps(5), VmFlags). */
static bool has_flag(const void *address, const char *flag)
{
    char line[1024];
    unsigned long first, end;
    bool inside = false, found = false;

    FILE *smaps = fopen("/proc/self/smaps", "re");
    assert_non_null(smaps);
    while (fgets(line, sizeof line, smaps)) {
        if (sscanf(line, "%lx-%lx ", &first, &end) == 2)
            inside = (unsigned long)address >= first && (unsigned long)address < end;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            found = strstr(line, flag) != NULL;
    }
    fclose(smaps);
    return found;
}

static void test_kept_to_this_process(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    (void)state;
    assert_ok(attest_secret_new(100 * 1024, &secret, NULL));
    assert_true(has_flag(attest_secret_data(secret), " dd")); /* VM_DONTDUMP */
    assert_true(has_flag(attest_secret_data(secret), " wf")); /* VM_WIPEONFORK */
}

static void test_sizes(void **state)
{
    const size_t sizes[] = { 0, 1, 16, 4095, 4096, 4097, ATTEST_SECRET_MAX };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
        assert_ok(attest_secret_new(sizes[i], &secret, NULL));
        assert_int_equal(attest_secret_size(secret), sizes[i]);
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(attest_secret_data(secret)[at], 0);
        memset(attest_secret_data(secret), 0xff, sizes[i]);
        assert_int_equal(attest_secret_size(secret), sizes[i]);
    }
    attest_secret_free(NULL);
}

/* What is cut off is gone, not only out of sight. */
static void test_shrinks(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    (void)state;
    assert_ok(attest_secret_new(16, &secret, NULL));
    memset(attest_secret_data(secret), 0x5a, 16);
    attest_secret_shrink(secret, 17);
    assert_int_equal(attest_secret_size(secret), 16);
    attest_secret_shrink(secret, 5);
    assert_int_equal(attest_secret_size(secret), 5);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(attest_secret_data(secret)[i], i < 5 ? 0x5a : 0);
}

static void test_too_large(void **state)
{
    const size_t sizes[] = { ATTEST_SECRET_MAX + 1, SIZE_MAX - 4096, SIZE_MAX };
    struct attest_secret *secret = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct attest_diag diag = { 0 };
        assert_error(attest_secret_new(sizes[i], &secret, &diag), ATTEST_TOO_LARGE);
        assert_null(secret);
        assert_true(strlen(diag.expected) > 0);
    }
}

static void test_shrink(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    (void)state;
    assert_ok(attest_secret_new(64, &secret, NULL));
    memset(attest_secret_data(secret), 0x5a, 64);
    attest_secret_shrink(secret, 65); /* never grows */
    assert_int_equal(attest_secret_size(secret), 64);
    attest_secret_shrink(secret, 10);
    assert_int_equal(attest_secret_size(secret), 10);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(attest_secret_data(secret)[i], i < 10 ? 0x5a : 0);
}

static int first_nonzero(struct attest_secret *secret)
{
    for (int i = 0; i < 64; i++)
        if (attest_secret_data(secret)[i] != 0)
            return i;
    return 64;
}

static void test_children_see_nothing(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    int status = -1;

    (void)state;
    assert_ok(attest_secret_new(64, &secret, NULL));
    memset(attest_secret_data(secret), 0x5a, 64);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(first_nonzero(secret));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 64);
    assert_int_equal(attest_secret_data(secret)[63], 0x5a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {

        cmocka_unit_test(test_kept_to_this_process),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_shrinks),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_shrink),
        cmocka_unit_test(test_children_see_nothing),

    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
