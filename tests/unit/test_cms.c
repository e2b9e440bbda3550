/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are KMS's own messages opened ($ATTESTD_VECTORS/cms), and are the limits of its API kept? What else is
 * refused: test_envelope.c.
 */
#include "tests/unit/unit.h"

#include "aws/cms.h"
#include "tests/unit/recipient.h"
#include "tests/unit/seeds.h"

#include <sys/stat.h>

static char folder[400];

static struct attest_bytes read_vector(const char *name)
{
    struct attest_bytes content = attest_bytes_init(0);
    char path[500];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(attest_file_read(path, 8192, &content, NULL));
    return content;
}

static bool has_vectors(void)
{
    const char *vectors = getenv("ATTESTD_VECTORS");
    struct stat status;

    snprintf(folder, sizeof folder, "%s/cms", vectors ? vectors : "");
    return stat(folder, &status) == 0;
}

static void test_real_data_key(void **state)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;
    char path[500];

    (void)state;
    if (!has_vectors())
        skip();
    snprintf(path, sizeof path, "%s/edgebit-kms-datakey.key.der", folder);
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = read_recipient(path);
    _cleanup_(attest_bytes_done) struct attest_bytes message = read_vector("edgebit-kms-datakey.p7m");
    _cleanup_(attest_bytes_done) struct attest_bytes expected =
        read_vector("edgebit-kms-datakey.plaintext.bin");
    assert_ok(attest_cms_open(attest_bytes_view(&message), key, &secret, NULL));
    assert_int_equal(attest_secret_size(secret), expected.size);
    assert_memory_equal(attest_secret_data(secret), expected.data, expected.size);
}

/* Its key is nobody's any more. */
static void test_real_message_of_another_key(void **state)
{
    struct attest_secret *secret = NULL;

    (void)state;
    if (!has_vectors())
        skip();
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = seed_recipient();
    _cleanup_(attest_bytes_done) struct attest_bytes message = read_vector("sdkc-ber-indefinite.p7m");
    assert_error(attest_cms_open(attest_bytes_view(&message), key, &secret, NULL), ATTEST_MALFORMED);
    assert_null(secret);
}

static void test_longest(void **state)
{
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = seed_recipient();
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("cms/long");
    _cleanup_(attest_secret_cleanup) struct attest_secret *secret = NULL;

    (void)state;
    assert_ok(attest_cms_open(attest_bytes_view(&seed), key, &secret, NULL));
    assert_int_equal(attest_secret_size(secret), ATTEST_CMS_PLAIN_MAX);
}

static void test_sizes(void **state)
{
    static const uint8_t zeros[ATTEST_CMS_MAX + 1];
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = seed_recipient();
    struct attest_secret *secret = NULL;

    (void)state;
    assert_error(attest_cms_open(attest_view_of(zeros), key, &secret, NULL), ATTEST_TOO_LARGE);
    assert_error(attest_cms_open((struct attest_view){ zeros, ATTEST_CMS_MAX }, key, &secret, NULL),
                 ATTEST_MALFORMED);
    assert_null(secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_data_key),
        cmocka_unit_test(test_real_message_of_another_key),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests_name("cms", tests, NULL, NULL);
}
