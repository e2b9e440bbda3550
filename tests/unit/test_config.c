/* SPDX-License-Identifier: Apache-2.0 */
/* Is a configuration read as attestd.conf(5) says: every key, its limits, drop-ins, and where something is
 * wrong? */
#include "tests/unit/unit.h"

#include "daemon/config.h"

#include <sys/stat.h>

static char folder[] = "/tmp/attestd-config-XXXXXX";
static char where[256];
static struct attest_diag diag;

static const char *in_folder(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    umask(022);
    return mkdtemp(folder) && mkdir(in_folder("conf.d"), 0755) == 0 ? 0 : -1;
}

static int remove_files(void **state)
{
    static const char *const names[] = {
        "conf",           "conf.d/1.conf", "conf.d/2.conf",    "conf.d/10.conf",
        "conf.d/3.other", "conf.d/conf",   "conf.d/.hid.conf", "conf.d/4.conf"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(in_folder(names[i]));
    return 0;
}

static int remove_folder(void **state)
{
    remove_files(state);
    rmdir(in_folder("conf.d"));
    return rmdir(folder);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static enum attest_error load(struct config **ret_config)
{
    diag = (struct attest_diag){ 0 };
    where[0] = '\0';
    return config_load(&(struct config_source){ .path = in_folder("conf") }, ret_config, where, sizeof where,
                       &diag);
}

static enum attest_error load_text(const char *text, struct config **ret_config)
{
    write_file("conf", text);
    return load(ret_config);
}

static void assert_where(const char *name, unsigned line)
{
    char expected[sizeof where];

    snprintf(expected, sizeof expected, line ? "%s/%s:%u" : "%s/%s", folder, name, line);
    assert_string_equal(where, expected);
}

static void refuses(const char *text, unsigned line)
{
    struct config *config = NULL;

    assert_int_equal(attest_error_category(load_text(text, &config)), ATTEST_CATEGORY_MALFORMED);
    assert_null(config);
    assert_where("conf", line);
    assert_true(strlen(diag.expected) > 0);
}

/* As the daemon's man page and conf/attestd.conf promise, whatever config.def says. */
static void test_defaults(void **state)
{
    _cleanup_(config_cleanup) struct config *config = NULL;

    (void)state;
    assert_ok(load_text("", &config));
    assert_int_equal(config->max_connections, 256);
    assert_int_equal(config->idle_timeout, 30000);
    assert_int_equal(config->request_timeout, 10000);
    assert_int_equal(config->queue_length, 256);
    assert_string_equal(config->tcti, "device:/dev/tpmrm0");
    assert_int_equal(config->command_timeout, 5000);
    assert_int_equal(config->ak_handle, 0x8101A77E);
    assert_int_equal(config->ak_algorithm, ATTEST_TPM_AK_ECDSA_P256);
    assert_int_equal(config->quote_bank, ATTEST_HASH_SHA384);
    assert_int_equal(config->quote_pcrs, 0xffff);
    for (int i = 0; i < ENDPOINTS; i++)
        assert_int_equal(config->access[i].kind, i == ENDPOINT_AK_ACTIVATE ? ACCESS_NOBODY : ACCESS_DOOR);
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* By type: texts by what they say, all else by its bytes. */
#define SAME_TEXT(a, b)         same_text(*(char *const *)(a), *(char *const *)(b))
#define SAME_OPTIONAL(a, b)     SAME_TEXT(a, b)
#define SAME_NUMBER(a, b)       (memcmp(a, b, sizeof(unsigned)) == 0)
#define SAME_DURATION(a, b)     SAME_NUMBER(a, b)
#define SAME_HANDLE(a, b)       SAME_NUMBER(a, b)
#define SAME_PCR(a, b)          SAME_NUMBER(a, b)
#define SAME_SELECTION(a, b)    SAME_NUMBER(a, b)
#define SAME_BOOLEAN(a, b)      (memcmp(a, b, sizeof(bool)) == 0)
#define SAME_AK_ALGORITHM(a, b) (memcmp(a, b, sizeof(enum attest_tpm_ak_algorithm)) == 0)
#define SAME_BANK(a, b)         (memcmp(a, b, sizeof(enum attest_hash)) == 0)
#define SAME_ACCESS(a, b)       (memcmp(a, b, sizeof(struct access_rule)) == 0)

static bool are_same(const struct config *a, const struct config *b)
{
    const bool same[] = {
#define CONFIG(section, key, type, field, value, least, most, what)                                            \
    SAME_##type((const void *)&a->field, (const void *)&b->field),
#include "daemon/config.def"
#undef CONFIG
    };

    for (size_t i = 0; i < COUNT(same); i++)
        if (!same[i])
            return false;
    return a->secret_count == b->secret_count;
}

/* A default written out is the default. */
static void test_defaults_of_table(void **state)
{
    static const char *const lines[] = {
#define CONFIG(section, key, type, field, value, least, most, what) "[" section "]\n" key " = " value "\n",
#include "daemon/config.def"
#undef CONFIG
    };
    _cleanup_(config_cleanup) struct config *nothing = NULL;

    (void)state;
    assert_ok(load_text("", &nothing));
    for (size_t i = 0; i < COUNT(lines); i++) {
        _cleanup_(config_cleanup) struct config *written = NULL;
        assert_ok(load_text(lines[i], &written));
        assert_true(are_same(written, nothing));
    }
}

/* Two good and some bad values of each key; what is good twice must differ from the default once. */
static const struct {
    const char *section, *key, *good[2], *bad[6];
} values[] = {
    { "daemon", "max-connections", { "1", "4096" }, { "0", "4097", "-1", "1 2", "0x10", "" } },
    { "daemon", "idle-timeout", { "100ms", "60min" }, { "99ms", "61min", "0", "5 s", "1h", "" } },
    { "daemon", "request-timeout", { "100ms", "3600" }, { "99ms", "3601", "s", "-5s", "5.0s", "" } },
    { "daemon", "queue-length", { "1", "65536" }, { "0", "65537", "1e3", "+1", "01", "" } },
    { "tpm", "tcti", { "swtpm", "a b = c" }, { "", NULL } },
    { "tpm", "vendor-tcti", { "swtpm", "device:/dev/tpm0" }, { "", NULL } },
    { "tpm", "command-timeout", { "10ms", "10min" }, { "9ms", "601", "11min", "ms", "1m", "" } },
    { "tpm",
      "ak-handle",
      { "0x81000000", "0x817fffff" },
      { "0x80ffffff", "0x81800000", "2164369278", "0x8101A77", "0x08101A77E", "" } },
    { "tpm",
      "ak-algorithm",
      { "ecdsa-p384", "rsassa-2048" },
      { "ECDSA-P384", "ecdsa-p521", "rsa", "ecdsa-p256 ,", "" } },
    { "quote", "bank", { "sha1", "sha512" }, { "SHA1", "sha-256", "none", "sha3-256", "" } },
    { "quote", "pcrs", { "0", "0-7,23" }, { "24", "7-0", "0,0", "all", "0 1", "" } },
    { "eventlog", "firmware", { "/a", "/a b" }, { "", NULL } },
    { "eventlog", "ima", { "/a", "/b" }, { "", NULL } },
    { "eventlog", "userspace", { "/a", "/b" }, { "", NULL } },
    { "unlock", "attestd", { "unix:/a", "tcp:127.0.0.1:1" }, { "", "unix:", NULL } },
    { "unlock", "cap-pcr", { "14", "22" }, { "0", "13", "15", "16", "23", "24" } },
    { "unlock", "measure-config", { "yes", "no" }, { "true", "1", "Yes", "" } },
    { "unlock", "report", { "/a", "/b" }, { "", NULL } },
    { "unlock", "timeout", { "1s", "1min" }, { "999ms", "1441min", "x", "" } },
    { "aws", "endpoint-kms", { "https://a.example", "https://b.example" }, { "", NULL } },
    { "aws", "endpoint-s3", { "https://a.example", "https://b.example" }, { "", NULL } },
    { "aws", "endpoint-imds", { "http://a.example", "http://b.example" }, { "", NULL } },
    { "aws", "imds-ipv6", { "yes", "no" }, { "on", "" } },
    { "aws", "fips", { "yes", "no" }, { "on", "" } },
    { "aws", "dualstack", { "yes", "no" }, { "on", "" } },
    { "aws", "ca-file", { "/a", "/b" }, { "", NULL } },
    { "aws", "proxy", { "http://a.example:1", "http://b.example:1" }, { "", NULL } },
    { "aws", "attestation-root", { "/a", "/b" }, { "", NULL } },
    { "aws", "trust-environment", { "yes", "no" }, { "on", "" } },
    { "access",
      "status",
      { "nobody", "user:0" },
      { "all", "user:", "user:no-such-user", "root", "door,user:0", "" } },
    { "access",
      "pcrs",
      { "user:root,group:0", "nobody" },
      { "user:root,", ",", "user:root group:0", "user: root", "" } },
    { "access",
      "quote",
      { "group:root", "nobody" },
      { "group:no-such-group", "user:-1", "user:4294967295", "" } },
    { "access", "document", { "user:0", "nobody" }, { "root", "" } },
    { "access", "evidence", { "user:0", "nobody" }, { "root", "" } },
    { "access", "ak", { "group:65534", "nobody" }, { "group:", "groups:0", "" } },
    { "access", "ak-activate", { "door", "user:0" }, { "yes", "" } },
    { "access", "ek", { "nobody", "user:0" }, { "Door", "" } },
    { "access", "eventlog", { "nobody", "user:0" }, { "on", "" } },
    { "access", "openapi", { "nobody", "user:0" }, { "any", "" } },
    { "access", "metrics", { "nobody", "user:0" }, { "doors", "" } },
    { "access", "unlock-measure", { "nobody", "user:0" }, { "doors", "" } },
    { "access", "unlock-cap", { "nobody", "user:0" }, { "doors", "" } },
};

static void write_value(const char *section, const char *key, const char *value, char ret_text[256])
{
    snprintf(ret_text, 256, "# a comment\n\n[%s]\n  %s\t=  %s \n", section, key, value);
}

static void test_values(void **state)
{
    _cleanup_(config_cleanup) struct config *nothing = NULL;
    char text[256];

    (void)state;
    assert_ok(load_text("", &nothing));
    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t j = 0; j < COUNT(values[i].good); j++) {
            _cleanup_(config_cleanup) struct config *config = NULL;
            write_value(values[i].section, values[i].key, values[i].good[j], text);
            assert_ok(load_text(text, &config));
            assert_memory_not_equal(config, nothing, sizeof *config);
        }
        for (size_t j = 0; j < COUNT(values[i].bad) && values[i].bad[j]; j++) {
            struct config *config = NULL;
            write_value(values[i].section, values[i].key, values[i].bad[j], text);
            assert_error(load_text(text, &config), ATTEST_MALFORMED);
            assert_where("conf", 4);
        }
    }
}

/* So that a key that comes later is tested here too. */
static void test_every_key_has_values(void **state)
{
    static const struct {
        const char *section, *key;
    } keys[] = {
#define CONFIG(section, key, type, field, value, least, most, what) { section, key },
#include "daemon/config.def"
#undef CONFIG
    };

    (void)state;
    assert_int_equal(COUNT(keys), COUNT(values));
    for (size_t i = 0; i < COUNT(keys); i++) {
        assert_string_equal(values[i].section, keys[i].section);
        assert_string_equal(values[i].key, keys[i].key);
    }
}

static void test_unknown(void **state)
{
    (void)state;
    refuses("[daemon]\nmax-connection = 1\n", 2);
    refuses("[daemon]\n\nMax-Connections = 1\n", 3);
    refuses("[daemon]\ntcti = swtpm\n", 2); /* that is of [tpm] */
    refuses("[Daemon]\nmax-connections = 1\n", 1);
    refuses("[daemon]\n[unlocks]\ncap-pcr = 14\n", 2);
    refuses("[secret db]\nsourcE = file:/x\n", 2);
    refuses("[secrets db]\nsource = file:/x\n", 1);
    refuses("[daemon]\nmax-connections = 1\n[nothing]\n", 3);
    refuses("max-connections = 1\n", 1);
    refuses("[daemon]\nmax-connections\n", 2);
}

static void test_twice(void **state)
{
    _cleanup_(config_cleanup) struct config *config = NULL;

    (void)state;
    refuses("[daemon]\nqueue-length = 1\nqueue-length = 2\n", 3);
    refuses("[daemon]\nqueue-length = 1\n[tpm]\n[daemon]\nqueue-length = 1\n", 5);
    assert_ok(load_text("[daemon]\nqueue-length = 1\n[tpm]\n[daemon]\nmax-connections = 1\n", &config));
}

static void test_drop_ins(void **state)
{
    _cleanup_(config_cleanup) struct config *config = NULL;

    (void)state;
    write_file("conf.d/2.conf", "[daemon]\nqueue-length = 2\nmax-connections = 2\n");
    write_file("conf.d/10.conf", "[daemon]\nqueue-length = 10\nmax-connections = 10\nidle-timeout = 10s\n");
    write_file("conf.d/1.conf", "[daemon]\nqueue-length = 1\nidle-timeout = 1s\n");
    write_file("conf.d/3.other", "nonsense");
    write_file("conf.d/conf", "nonsense");
    write_file("conf.d/.hid.conf", "nonsense");
    assert_ok(load_text("[daemon]\nqueue-length = 7\nrequest-timeout = 7s\n[tpm]\ntcti = seven\n", &config));
    assert_int_equal(config->queue_length, 2); /* "1" < "10" < "2" */
    assert_int_equal(config->max_connections, 2);
    assert_int_equal(config->idle_timeout, 10000);
    assert_int_equal(config->request_timeout, 7000);
    assert_string_equal(config->tcti, "seven");
}

static void test_drop_in_wrong(void **state)
{
    struct config *config = NULL;

    (void)state;
    write_file("conf.d/1.conf", "[daemon]\n");
    write_file("conf.d/2.conf", "[daemon]\n\nqueue-length = x\n");
    assert_error(load_text("", &config), ATTEST_MALFORMED);
    assert_where("conf.d/2.conf", 3);
}

static void test_missing(void **state)
{
    struct config *config = NULL;

    (void)state;
    assert_error(load(&config), ATTEST_SYSTEM);
    assert_where("conf", 0);
}

static void test_tcti_of_command_line(void **state)
{
    _cleanup_(config_cleanup) struct config *config = NULL;
    struct config *none = NULL;

    (void)state;
    write_file("conf", "[tpm]\ntcti = file\n");
    assert_ok(config_load(&(struct config_source){ in_folder("conf"), "given", "also" }, &config, where,
                          sizeof where, &diag));
    assert_string_equal(config->tcti, "given");
    assert_string_equal(config->vendor_tcti, "also");
    assert_error(
        config_load(&(struct config_source){ in_folder("conf"), "", NULL }, &none, where, sizeof where, &diag),
        ATTEST_MALFORMED);
}

static void test_not_trusted(void **state)
{
    static const mode_t modes[] = { 0666, 0664, 0646, 0620, 0602 };
    struct config *config = NULL;

    (void)state;
    write_file("conf", "");
    for (size_t i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(in_folder("conf"), modes[i]), 0);
        assert_error(load(&config), ATTEST_DENIED);
        assert_where("conf", 0);
    }
    assert_int_equal(chmod(in_folder("conf"), 0644), 0);
    assert_int_equal(chown(in_folder("conf"), 65534, (gid_t)-1), 0);
    assert_error(load(&config), ATTEST_DENIED);
    assert_int_equal(chown(in_folder("conf"), 0, (gid_t)-1), 0);
    write_file("conf.d/1.conf", "");
    assert_int_equal(chmod(in_folder("conf.d/1.conf"), 0622), 0);
    assert_error(load(&config), ATTEST_DENIED);
    assert_where("conf.d/1.conf", 0);
}

/* It must not wait for who would write to it. */
static void test_fifo(void **state)
{
    struct config *config = NULL;

    (void)state;
    assert_int_equal(mkfifo(in_folder("conf"), 0600), 0);
    assert_error(load(&config), ATTEST_DENIED);
    unlink(in_folder("conf"));
    write_file("conf", "");
    assert_int_equal(mkfifo(in_folder("conf.d/1.conf"), 0600), 0);
    assert_error(load(&config), ATTEST_DENIED);
    assert_where("conf.d/1.conf", 0);
}

static void test_long(void **state)
{
    static char text[(256 << 10) + 2];
    struct config *config = NULL;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    memcpy(text, "\n#", 2);
    text[1 + (16 << 10)] = '\0'; /* a line of 16 KiB */
    assert_ok(load_text(text, &config));
    config_cleanup(&config);
    config = NULL;
    text[1 + (16 << 10)] = 'x';
    text[2 + (16 << 10)] = '\0';
    assert_error(load_text(text, &config), ATTEST_TOO_LARGE);
    assert_where("conf", 2);
    memset(text, '\n', sizeof text - 1);
    assert_error(load_text(text, &config), ATTEST_TOO_LARGE);
    assert_where("conf", 0);
    text[sizeof text - 2] = '\0';
    assert_ok(load_text(text, &config));
    config_cleanup(&config);
}

static void test_same_tpm(void **state)
{
    static const struct {
        const char *text;
        bool same;
    } others[] = {
        { "[daemon]\nqueue-length = 1\n[quote]\npcrs = 1\n[access]\nak = nobody\n", true },
        { "[tpm]\ntcti = other\n", false },
        { "[tpm]\nvendor-tcti = other\n", false },
        { "[tpm]\ncommand-timeout = 1s\n", false },
        { "[tpm]\nak-handle = 0x81000000\n", false },
        { "[tpm]\nak-algorithm = ecdsa-p384\n", false },
    };
    _cleanup_(config_cleanup) struct config *nothing = NULL;

    (void)state;
    assert_ok(load_text("", &nothing));
    for (size_t i = 0; i < COUNT(others); i++) {
        _cleanup_(config_cleanup) struct config *other = NULL;
        assert_ok(load_text(others[i].text, &other));
        assert_int_equal(config_same_tpm(nothing, other), others[i].same);
    }
}

static void test_references(void **state)
{
    struct config *config = NULL;

    (void)state;
    assert_ok(load_text("", &config));
    assert_ptr_equal(config_ref(config), config);
    config_unref(config);
    assert_string_equal(config->tcti, "device:/dev/tpmrm0");
    config_unref(config);
    config_unref(NULL);
}

#define SECRET_KEY "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234"
#define SECRET_DB  "[secret db]\nsource = file:/x\nkey-id = " SECRET_KEY "\n"

static void test_secret_defaults(void **state)
{
    _cleanup_(config_cleanup) struct config *config = NULL;

    (void)state;
    assert_ok(load_text(SECRET_DB, &config));
    assert_int_equal(config->secret_count, 1);
    const struct config_secret *secret = &config->secrets[0];
    assert_string_equal(secret->name, "db");
    assert_string_equal(secret->source, "file:/x");
    assert_int_equal(secret->format, CONFIG_SECRET_SDK);
    assert_int_equal(secret->key_ids.count, 1);
    assert_string_equal(secret->key_ids.items[0], SECRET_KEY);
    assert_int_equal(secret->context.count, 1);
    assert_string_equal(secret->context.items[0], "attestd:secret=db");
    assert_false(secret->digest.given);
    assert_string_equal(secret->output, "/run/attestd-secrets/db");
    assert_string_equal(secret->owner, "root");
    assert_string_equal(secret->group, "root");
    assert_int_equal(secret->mode, 0400);
    assert_int_equal(secret->measure_pcr, CONFIG_NO_PCR);
    assert_true(secret->required);
    assert_int_equal(secret->timeout, 300000);
}

/* Later files override key by key, and a list as a whole. */
static void test_secret_files(void **state)
{
    _cleanup_(config_cleanup) struct config *config = NULL;

    (void)state;
    write_file("conf.d/1.conf", "[secret api]\nsource = s3://bucket/a/b\nkey-id = " SECRET_KEY "\n");
    write_file("conf.d/2.conf",
               "[secret db]\nkey-id = " SECRET_KEY "2\nkey-id = " SECRET_KEY "3\nmode = 0440\n");
    assert_ok(load_text(SECRET_DB "mode = 0444\nowner = app\nencryption-context = a=b,c==\n", &config));
    assert_int_equal(config->secret_count, 2);
    const struct config_secret *secret = &config->secrets[0];
    assert_int_equal(secret->mode, 0440);
    assert_string_equal(secret->owner, "app");
    assert_int_equal(secret->key_ids.count, 2);
    assert_string_equal(secret->key_ids.items[1], SECRET_KEY "3");
    assert_int_equal(secret->context.count, 2);
    assert_string_equal(secret->context.items[1], "c==");
    assert_string_equal(config->secrets[1].name, "api");
}

static const struct {
    const char *key, *good[2], *bad[6];
} secret_values[] = {
    { "source",
      { "file:/a", "s3://b/k" },
      { "/a", "file:a", "s3://b", "s3:///k", "s3://b/", "https://a.example/b" } },
    { "format", { "kms", "aws-encryption-sdk" }, { "KMS", "raw", "" } },
    { "key-id",
      { "arn:aws-cn:kms:r:1:key/x", "arn:aws:kms:r:1:key/mrk-1" },
      { "1234", "alias/x", "arn:aws:kms:r:1:alias/x", "arn:aws:s3:r:1:key/x", "arn:aws:kms::1:key/x",
        "arn:aws:kms:r:1:key/" } },
    { "encryption-context", { "a=b", "none" }, { "a", "=b", "a=b,", "a=b,a=c", ",", "" } },
    { "digest", { "none", NULL }, { "00", "sha384:00", "", NULL } },
    { "output", { "/a/b", "/a" }, { "a", "/a/", "/a//b", "/a/../b", "/a/.b", "" } },
    { "owner", { "app", "1000" }, { "", NULL } },
    { "group", { "app", "1000" }, { "", NULL } },
    { "mode", { "0400", "444" }, { "4000", "0888", "400x", "7", "01000", "" } },
    { "measure-pcr", { "14", "none" }, { "11", "16", "23", "x", "" } },
    { "required", { "yes", "no" }, { "maybe", "" } },
    { "timeout", { "1s", "10min" }, { "0", "2 s", "" } },
};

static void load_secret(const char *key, const char *value, bool good)
{
    _cleanup_(config_cleanup) struct config *config = NULL;
    char text[512];

    snprintf(text, sizeof text, "[secret x]\n%s = %s\n%s%s", key, value,
             strcmp(key, "source") == 0 ? "" : "source = file:/x\n",
             strcmp(key, "key-id") == 0 ? "" : "key-id = " SECRET_KEY "\n");
    if (good)
        assert_ok(load_text(text, &config));
    else
        refuses(text, 2);
}

static void test_secret_values(void **state)
{
    (void)state;
    assert_int_equal(COUNT(secret_values), CONFIG_SECRET_KEYS);
    for (size_t i = 0; i < COUNT(secret_values); i++) {
        for (size_t j = 0; j < COUNT(secret_values[i].good) && secret_values[i].good[j]; j++)
            load_secret(secret_values[i].key, secret_values[i].good[j], true);
        for (size_t j = 0; j < COUNT(secret_values[i].bad) && secret_values[i].bad[j]; j++)
            load_secret(secret_values[i].key, secret_values[i].bad[j], false);
    }
}

static void test_secret_wrong(void **state)
{
    static const char *const names[] = { "", " ", ".", ".a", "a/b", "a b", "\xc3\xa4" };
    char text[300];

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(text, sizeof text, "[secret %s]\n", names[i]);
        refuses(text, 1);
    }
    snprintf(text, sizeof text, "[secret %0129d]\n", 0);
    refuses(text, 1);
    refuses("[secret a]\nmode = 0400\n[secret b]\nmode = 0400\n[secret a]\nmode = 0400\n", 6);
    refuses("[secret a]\nsource = file:/x\n", 0);        /* no key */
    refuses("[secret a]\nkey-id = " SECRET_KEY "\n", 0); /* no source */
    refuses("[secret a]\n", 0);
}

static void test_many_secrets(void **state)
{
    _cleanup_free_ char *text = calloc(CONFIG_SECRETS_MAX + 1, 128);
    _cleanup_(config_cleanup) struct config *config = NULL;
    char *end = text;

    (void)state;
    for (unsigned i = 0; i < CONFIG_SECRETS_MAX; i++)
        end += sprintf(end, "[secret s%u]\nsource=file:/%u\nkey-id=" SECRET_KEY "\n", i, i);
    assert_ok(load_text(text, &config));
    assert_int_equal(config->secret_count, CONFIG_SECRETS_MAX);
    assert_string_equal(config->secrets[17].source, "file:/17");
    config_cleanup(&config);
    config = NULL;
    strcpy(end, "[secret more]\n");
    assert_error(load_text(text, &config), ATTEST_TOO_LARGE);
}

#define with_files(test) cmocka_unit_test_teardown(test, remove_files)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_files(test_defaults),     with_files(test_defaults_of_table),
        with_files(test_values),       with_files(test_every_key_has_values),
        with_files(test_unknown),      with_files(test_twice),
        with_files(test_drop_ins),     with_files(test_drop_in_wrong),
        with_files(test_missing),      with_files(test_tcti_of_command_line),
        with_files(test_not_trusted),  with_files(test_fifo),
        with_files(test_long),         with_files(test_same_tpm),
        with_files(test_references),   with_files(test_secret_defaults),
        with_files(test_secret_files), with_files(test_secret_values),
        with_files(test_secret_wrong), with_files(test_many_secrets),
    };
    if (getuid() != 0) {
        puts("1..0 # SKIP needs root: only what root owns is read");
        return 0;
    }
    return cmocka_run_group_tests_name("config", tests, make_folder, remove_folder);
}
