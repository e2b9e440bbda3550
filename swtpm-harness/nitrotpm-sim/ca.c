/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose signature stands under a document, and until when? A chain of the form of AWS's (ca_levels.c) up to a
 * root of our own. Trusts the state's folder, which only its owner may write.
 */
#include "swtpm-harness/nitrotpm-sim/ca.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ossl.h"
#include "swtpm-harness/nitrotpm-sim/ca_levels.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#define INTEGER 48 /* bytes of r and of s */

static void drop(struct ca_entry *entry)
{
    EVP_PKEY_free(entry->key);
    X509_free(entry->certificate);
    *entry = (struct ca_entry){ 0 };
}

void ca_close(struct ca *ca)
{
    for (size_t i = 0; i < CA_LEVELS; i++)
        drop(&ca->entries[i]);
}

static enum attest_error issue(struct ca *ca, enum ca_level level, int64_t now, struct attest_diag *diag)
{
    const struct ca_level_form *form = &ca_level_forms[level];
    struct ca_entry *entry = &ca->entries[level], *issuer = level == CA_ROOT ? entry : entry - 1;
    struct certificate_name names[CERTIFICATE_NAMES_MAX + 1] = { 0 };
    char common[CA_NAME_SIZE];

    drop(entry);
    ca_level_name(ca, level, common);
    for (size_t i = 0; i < CERTIFICATE_NAMES_MAX && form->names[i][0]; i++)
        names[i] =
            (struct certificate_name){ form->names[i][0], form->names[i][1] ? form->names[i][1] : common };
    entry->key = EVP_EC_gen("P-384");
    if (!entry->key)
        return attest_fail(diag, ATTEST_INTERNAL, NULL, "to make a P-384 key");
    const struct certificate_plan plan = {
        .subject = names,
        .extensions = form->extensions,
        .not_before = now - form->backdated,
        .not_after = now + form->lifetime,
        .serial = form->serial_bits ? 0 : (uint64_t)now,
        .serial_bits = form->serial_bits,
        .key = entry->key,
        .issuer = level == CA_ROOT ? NULL : issuer->certificate,
        .issuer_key = issuer->key,
    };
    entry->not_before = plan.not_before;
    entry->renew = plan.not_after - form->margin;
    return certificate_issue(&plan, &entry->certificate, diag);
}

static bool is_current(const struct ca_entry *entry, int64_t now)
{
    return entry->certificate && now >= entry->not_before && now < entry->renew;
}

enum attest_error ca_refresh(struct ca *ca, int64_t now, int64_t left, struct attest_diag *diag)
{
    bool above = false; /* a level above was issued: this one no longer chains */

    for (enum ca_level level = CA_REGIONAL; level < CA_LEAF; level++) {
        above = above || !is_current(&ca->entries[level], now);
        if (above)
            attest_try(issue(ca, level, now, diag));
    }
    struct ca_entry *leaf = &ca->entries[CA_LEAF];
    if (!above && left == ca->left && is_current(leaf, now))
        return ATTEST_OK;
    ca->left = left;
    return issue(ca, CA_LEAF, left == 0 ? now : now + left - ca_level_forms[CA_LEAF].lifetime, diag);
}

/* ---- The root on disk ---- */

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static enum attest_error load(struct ca *ca, const char *key_path, const char *certificate_path,
                              struct attest_diag *diag)
{
    struct ca_entry *root = &ca->entries[CA_ROOT];
    _cleanup_(close_file) FILE *key = fopen(key_path, "re");
    _cleanup_(close_file) FILE *certificate = fopen(certificate_path, "re");

    if (!key || !certificate)
        return attest_fail_errno(diag, errno, "to open %s", key ? certificate_path : key_path);
    root->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
    root->certificate = PEM_read_X509(certificate, NULL, NULL, NULL);
    ERR_clear_error();
    if (!root->key || !root->certificate || !X509_check_private_key(root->certificate, root->key))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a key in %s and its certificate in %s", key_path,
                           certificate_path);
    return ATTEST_OK;
}

static FILE *create(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (!file && fd >= 0)
        close(fd);
    return file;
}

static bool flush(FILE **file, bool written)
{
    bool closed = *file && fclose(*file) == 0;

    *file = NULL;
    return written && closed;
}

/* The certificate last and by renaming: who sees root.pem sees it whole, and its key is there. */
static enum attest_error save(const struct ca *ca, const char *key_path, const char *certificate_path,
                              struct attest_diag *diag)
{
    const struct ca_entry *root = &ca->entries[CA_ROOT];
    _cleanup_free_ char *writing = NULL;

    if (asprintf(&writing, "%s.new", certificate_path) < 0)
        return ATTEST_MEMORY;
    FILE *key = create(key_path, 0600);
    if (!flush(&key, key && PEM_write_PrivateKey(key, root->key, NULL, NULL, 0, NULL, NULL)))
        return attest_fail_errno(diag, errno, "to write %s", key_path);
    FILE *certificate = create(writing, 0644);
    if (!flush(&certificate, certificate && PEM_write_X509(certificate, root->certificate)) ||
        rename(writing, certificate_path) < 0)
        return attest_fail_errno(diag, errno, "to write %s", certificate_path);
    return ATTEST_OK;
}

enum attest_error ca_open(struct ca *ret_ca, const char *key_path, const char *certificate_path,
                          const char *region, const char *module_id, int64_t now, struct attest_diag *diag)
{
    struct ca ca = { .region = region, .module_id = module_id };
    enum attest_error error;

    if (access(certificate_path, F_OK) == 0) {
        error = load(&ca, key_path, certificate_path, diag);
    } else {
        error = issue(&ca, CA_ROOT, now, diag);
        if (error == ATTEST_OK)
            error = save(&ca, key_path, certificate_path, diag);
    }
    if (error == ATTEST_OK)
        error = ca_refresh(&ca, now, false, diag);
    if (error != ATTEST_OK)
        ca_close(&ca);
    else
        *ret_ca = ca;
    return error;
}

/* ---- What a document needs ---- */

enum attest_error ca_append_certificate(const struct ca *ca, enum ca_level level, struct attest_bytes *out)
{
    uint8_t der[CERTIFICATE_SIZE_MAX], *end = der;
    int size = i2d_X509(ca->entries[level].certificate, NULL);

    if (size <= 0 || size > CERTIFICATE_SIZE_MAX || i2d_X509(ca->entries[level].certificate, &end) != size)
        return ATTEST_INTERNAL;
    attest_bytes_append(out, (struct attest_view){ der, (size_t)size });
    return attest_bytes_check(out);
}

static enum attest_error append_integers(const unsigned char *der, size_t size, struct attest_bytes *out)
{
    _cleanup_(ECDSA_SIG_freep) ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)size);
    uint8_t raw[2 * INTEGER];

    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, INTEGER) != INTEGER ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + INTEGER, INTEGER) != INTEGER)
        return ATTEST_INTERNAL;
    attest_bytes_append(out, attest_view_of(raw));
    return attest_bytes_check(out);
}

enum attest_error ca_sign(const struct ca *ca, struct attest_view message, struct attest_bytes *out)
{
    _cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char der[16 + 2 * (INTEGER + 1)];
    size_t size = sizeof der;

    if (!context || EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, ca->entries[CA_LEAF].key) != 1 ||
        EVP_DigestSign(context, der, &size, message.data, message.size) != 1)
        return ATTEST_INTERNAL;
    return append_integers(der, size, out);
}
