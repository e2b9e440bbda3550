/* SPDX-License-Identifier: Apache-2.0 */
/* Is a secret's memory locked, and is it an error where it can't be? */
#include "tests/unit/unit.h"

#include "base/secret.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* AddressSanitizer makes mlock(2) do nothing, so there is nothing to be seen with it. */
#if defined(__SANITIZE_ADDRESS__)
#define MLOCK_WORKS false
#elif defined(__has_feature)
#define MLOCK_WORKS (!__has_feature(address_sanitizer))
#else
#define MLOCK_WORKS true
#endif

static long locked_kib(void)
{
    char line[256];
    long kib = -1;

    FILE *status = fopen("/proc/self/status", "re");
    assert_non_null(status);
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmLck: %ld kB", &kib) == 1)
            break;
    fclose(status);
    assert_true(kib >= 0);
    return kib;
}

static void test_locked(void **state)
{
    struct attest_secret *secret = NULL;
    long before = locked_kib();

    (void)state;
    assert_ok(attest_secret_new(100 * 1024, &secret, NULL));
    assert_true(locked_kib() >= before + 100);
    attest_secret_free(secret);
    assert_int_equal(locked_kib(), before);
}

/* Root may lock whatever the limit is, so the child becomes somebody else. */
static int cannot_lock(void)
{
    const struct rlimit none = { 0, 0 };
    struct attest_secret *secret = NULL;
    struct attest_diag diag = { 0 };

    if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || (getuid() == 0 && setresuid(65534, 65534, 65534) < 0))
        return 77;
    if (attest_secret_new(32, &secret, &diag) != ATTEST_SYSTEM)
        return 1;
    if (secret || (diag.native != EPERM && diag.native != ENOMEM))
        return 2;
    return strstr(diag.expected, "LimitMEMLOCK=") ? 0 : 3;
}

static void test_failed_mlock_is_an_error(void **state)
{
    int status = -1;
    pid_t pid = fork();

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(cannot_lock());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locked),
        cmocka_unit_test(test_failed_mlock_is_an_error),
    };

    if (!MLOCK_WORKS) {
        puts("1..0 # SKIP AddressSanitizer makes mlock(2) do nothing");
        return 0;
    }
    return cmocka_run_group_tests_name("secret_lock", tests, NULL, NULL);
}
