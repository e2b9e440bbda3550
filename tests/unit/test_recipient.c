/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the private half of a recipient's key lie in the secure heap, and nowhere else: after it is made, after
 * it was used, after it is freed? Is that heap locked and kept out of core files, and is it an error if not?
 */
#include "tests/unit/unit.h"

#include "base/envelope.h"
#include "base/ossl.h"
#include "base/recipient.h"
#include "base/secureheap.h"
#include "tests/unit/memory.h"
#include "tests/unit/seeds.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#define NEEDLE 32 /* bytes, out of the middle of each number */

static const char *const numbers[] = {
    OSSL_PKEY_PARAM_RSA_FACTOR1,   OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_D,
    OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static uint8_t complements[COUNT(numbers)][NEEDLE];

static void remember(const struct attest_recipient *key)
{
    _cleanup_(EVP_PKEY_freep) EVP_PKEY *pkey = attest_recipient_dup(key);

    assert_non_null(pkey);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        BIGNUM *number = BN_secure_new();
        assert_int_equal(EVP_PKEY_get_bn_param(pkey, numbers[i], &number), 1);
        int size = BN_num_bytes(number);
        uint8_t *bytes = OPENSSL_secure_malloc((size_t)size);
        BN_bn2bin(number, bytes);
        for (int j = 0; j < NEEDLE; j++)
            complements[i][j] = (uint8_t)~bytes[(size - NEEDLE) / 2 + j];
        OPENSSL_secure_clear_free(bytes, (size_t)size);
        BN_clear_free(number);
    }
}

/* The stack below may still hold what OpenSSL's functions left on it, which counts. */
static void assert_lie(bool inside)
{
    void *secure = OPENSSL_secure_malloc(1);

    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct memory_found found = memory_find(attest_view_of(complements[i]), secure);
        if (found.outside > 0)
            print_message("%s is found outside\n", numbers[i]);
        assert_int_equal(found.outside, 0);
        assert_int_equal(found.inside > 0, inside);
    }
    OPENSSL_secure_free(secure);
}

/* With an envelope for another key: the private operation takes place, and only then is it known. */
static void use(const struct attest_recipient *key)
{
    const struct attest_envelope_form form = { ATTEST_HASH_SHA256, "AES-256-CBC", 4096 };
    _cleanup_(attest_bytes_done) struct attest_bytes envelope = read_seed("cms/primitive");
    struct attest_secret *secret = NULL;
    uint8_t *encrypted = memmem(envelope.data, envelope.size, "\x04\x82\x01\x00", 4);

    assert_non_null(encrypted);
    encrypted[4] = 0; /* so that it is less than any modulus */
    assert_error(attest_envelope_open(attest_bytes_view(&envelope), &form, key, &secret, NULL),
                 ATTEST_MALFORMED);
}

static void test_private_half_in_the_secure_heap(void **state)
{
    struct attest_recipient *key = NULL;

    (void)state;
    assert_ok(attest_recipient_new(&key, NULL));
    remember(key);
    assert_lie(true);
    use(key);
    assert_lie(true);
    attest_recipient_free(key);
    assert_lie(false);
}

/* Else a clean result would show nothing: OpenSSL's own key, once used, does lie outside. */
static void test_looking_finds(void **state)
{
    struct attest_recipient *key = NULL;
    uint8_t in[256] = { 1 }, out[256];
    size_t size = sizeof out;

    (void)state;
    assert_ok(attest_recipient_new(&key, NULL));
    remember(key);
    EVP_PKEY *used = attest_recipient_dup(key);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(used, NULL);
    assert_int_equal(EVP_PKEY_decrypt_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), 1);
    assert_int_equal(EVP_PKEY_decrypt(context, out, &size, in, sizeof in), 1);
    void *secure = OPENSSL_secure_malloc(1);
    assert_true(memory_find(attest_view_of(complements[0]), secure).outside > 0);
    OPENSSL_secure_free(secure);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(used);
    attest_recipient_free(key);
    assert_lie(false);
}

/* VmFlags of the mapping that holds `address` (proc_pid_smaps(5)). */
static void flags_of(const void *address, char *ret_flags, size_t size)
{
    char line[1024];
    unsigned long first, end;
    bool inside = false;

    FILE *smaps = fopen("/proc/self/smaps", "re");
    assert_non_null(smaps);
    while (fgets(line, sizeof line, smaps)) {
        if (sscanf(line, "%lx-%lx ", &first, &end) == 2)
            inside = (unsigned long)address >= first && (unsigned long)address < end;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(ret_flags, size, "%s", line);
    }
    fclose(smaps);
}

static void test_locked_and_not_dumped(void **state)
{
    char flags[1024] = "";

    (void)state;
    assert_ok(attest_secureheap_init(NULL));
    assert_ok(attest_secureheap_init(NULL)); /* a second time is nothing */
    void *secure = OPENSSL_secure_malloc(1);
    assert_int_equal(CRYPTO_secure_allocated(secure), 1);
    flags_of(secure, flags, sizeof flags);
    OPENSSL_secure_free(secure);
    assert_non_null(strstr(flags, " lo "));
    assert_non_null(strstr(flags, " dd "));
}

static void test_public_half(void **state)
{
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *one = NULL, *two = NULL;

    (void)state;
    assert_ok(attest_recipient_new(&one, NULL));
    assert_ok(attest_recipient_new(&two, NULL));
    struct attest_view spki = attest_recipient_spki(one);
    assert_int_equal(spki.size, 294);
    assert_false(attest_view_equal(spki, attest_recipient_spki(two)));
    const uint8_t *end = spki.data;
    _cleanup_(EVP_PKEY_freep) EVP_PKEY *public = d2i_PUBKEY(NULL, &end, (long)spki.size);
    assert_non_null(public);
    assert_ptr_equal(end, spki.data + spki.size);
    assert_true(EVP_PKEY_is_a(public, "RSA"));
    assert_int_equal(EVP_PKEY_get_bits(public), ATTEST_RECIPIENT_BITS);
}

static void assert_child(int (*body)(void))
{
    int status = -1;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(body());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Root may lock whatever the limit is, so the child becomes somebody else. */
static int cannot_lock(void)
{
    const struct rlimit none = { 0, 0 };
    struct attest_recipient *key = NULL;
    struct attest_diag diag = { 0 };

    if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || (getuid() == 0 && setresuid(65534, 65534, 65534) < 0))
        return 77;
    for (int i = 0; i < 2; i++) /* it does not become better */
        if (attest_recipient_new(&key, &diag) != ATTEST_SYSTEM || key)
            return 1;
    if (diag.native != EPERM && diag.native != ENOMEM)
        return 2;
    return strstr(diag.expected, "LimitMEMLOCK=") ? 0 : 3;
}

static int made_elsewhere(void)
{
    struct attest_recipient *key = NULL;
    struct attest_diag diag = { 0 };

    if (CRYPTO_secure_malloc_init(4096, 32) == 0)
        return 77;
    if (attest_recipient_new(&key, &diag) != ATTEST_SYSTEM || key)
        return 1;
    return diag.native == EALREADY ? 0 : 2;
}

/* Children of a process that has no secure heap yet: so these come first. */
static void test_no_locked_memory_is_an_error(void **state)
{
    (void)state;
    assert_child(cannot_lock);
}

static void test_heap_of_somebody_else_is_an_error(void **state)
{
    (void)state;
    assert_child(made_elsewhere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_locked_memory_is_an_error),
        cmocka_unit_test(test_heap_of_somebody_else_is_an_error),
        cmocka_unit_test(test_locked_and_not_dumped),
        cmocka_unit_test(test_private_half_in_the_secure_heap),
        cmocka_unit_test(test_looking_finds),
        cmocka_unit_test(test_public_half),
    };
    return cmocka_run_group_tests_name("recipient", tests, NULL, NULL);
}
