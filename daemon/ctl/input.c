/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bytes do the options name? Trusts no file's size and no digit. The clock is read here, and nowhere
 * else.
 */
#include "daemon/ctl/input.h"

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "base/reader.h"
#include "base/time.h"
#include "daemon/ctl/infile.h"

#include <string.h>
#include <time.h>

#define PEM_MAX     ((size_t)16 << 10)
#define RANDOM_SIZE ((size_t)32)
#define POLICY_MAX  ((size_t)1 << 20)
#define AES_KEY_MAX ((size_t)32)

enum attest_error ctl_input_file(struct ctl_call *call, const char *path, size_t maximum,
                                 struct attest_bytes *ret_content)
{
    call->subject = NULL; /* what can't be read is named by the diag itself */
    attest_try(attest_file_read(path, maximum, ret_content, &call->diag));
    call->subject = path;
    return ATTEST_OK;
}

enum attest_error ctl_input_key(struct ctl_call *call, struct attest_key **ret_key)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(PEM_MAX);

    if (!call->value[CTL_AK])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[CTL_AK], PEM_MAX, &pem));
    attest_try(attest_key_from_pem(attest_bytes_view(&pem), ret_key, &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}

static enum attest_error read_key(struct ctl_call *call, struct ctl_infile *file,
                                  struct attest_secret **ret_key)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL;
    size_t size;

    attest_try(attest_secret_new(AES_KEY_MAX + 1, &key, &call->diag));
    attest_try(ctl_infile_read(call, file, attest_secret_data(key), attest_secret_size(key), &size));
    if (size != 16 && size != 24 && size != AES_KEY_MAX)
        return attest_fail(&call->diag, ATTEST_MALFORMED, size > AES_KEY_MAX ? "more" : "another size",
                           "a data key of 16, 24 or 32 bytes in %s", file->path);
    attest_secret_shrink(key, size);
    *ret_key = attest_steal(key);
    return ATTEST_OK;
}

enum attest_error ctl_input_raw_key(struct ctl_call *call, struct attest_secret **ret_key)
{
    _cleanup_(ctl_infile_cleanup) struct ctl_infile file = CTL_INFILE_INIT;

    attest_try(ctl_infile_open(call, call->value[CTL_RAW_KEY], &file));
    return read_key(call, &file, ret_key);
}

enum attest_error ctl_input_nonce(struct ctl_call *call, struct attest_bytes *ret_nonce)
{
    struct attest_view text = attest_view_text(call->value[CTL_NONCE]);
    struct attest_diag diag = { 0 };

    if (attest_decode_hex(text, text.size, ret_nonce, &diag) != ATTEST_OK)
        return attest_fail(&call->diag, ATTEST_USAGE, call->value[CTL_NONCE], "%s after --nonce",
                           diag.expected[0] ? diag.expected : "hexadecimal digits");
    return ATTEST_OK;
}

enum attest_error ctl_input_nonce_or_random(struct ctl_call *call, struct attest_bytes *ret_nonce)
{
    uint8_t data[RANDOM_SIZE];

    if (strcmp(call->value[CTL_NONCE], "random") != 0)
        return ctl_input_nonce(call, ret_nonce);
    attest_try(attest_random_fill(data, sizeof data, &call->diag));
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = attest_bytes_init(sizeof data);
    attest_bytes_append(&nonce, attest_view_of(data));
    attest_try(attest_bytes_check(&nonce));
    *ret_nonce = attest_bytes_take(&nonce);
    return ATTEST_OK;
}

enum attest_error ctl_input_policy(struct ctl_call *call, struct attest_policy **ret_policy)
{
    _cleanup_(attest_bytes_done) struct attest_bytes json = attest_bytes_init(0);

    if (!call->value[CTL_POLICY])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[CTL_POLICY], POLICY_MAX, &json));
    attest_try(attest_policy_parse(attest_bytes_view(&json), ret_policy, &call->diag));
    call->subject = NULL;
    return ATTEST_OK;
}

enum attest_error ctl_input_roots(struct ctl_call *call, struct attest_trust *trust)
{
    const char *path;

    if (!call->value[CTL_ROOT])
        return attest_trust_add_aws(trust);
    for (size_t i = 0; (path = ctl_option_value(call, CTL_ROOT, i)); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(0);
        attest_try(ctl_input_file(call, path, PEM_MAX, &pem));
        attest_try(attest_trust_add_root(trust, attest_bytes_view(&pem), &call->diag));
    }
    call->subject = NULL;
    return ATTEST_OK;
}

enum attest_error ctl_input_time(struct ctl_call *call, uint64_t *ret_at, bool *ret_live)
{
    struct timespec now;
    struct attest_diag diag = { 0 };

    if (!call->value[CTL_AT]) {
        clock_gettime(CLOCK_REALTIME, &now);
        *ret_at = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
        *ret_live = true;
        return ATTEST_OK;
    }
    if (attest_time_parse(attest_view_text(call->value[CTL_AT]), ret_at, &diag) != ATTEST_OK)
        return attest_fail(&call->diag, ATTEST_USAGE, diag.found, "%s after --at", diag.expected);
    *ret_live = false;
    return ATTEST_OK;
}

enum attest_error ctl_input_missing(struct ctl_call *call, const struct ctl_input_missing *rows,
                                    const char *expected)
{
    const char *text = call->value[CTL_ALLOW_MISSING];
    struct attest_view item;
    bool more = text != NULL;

    struct attest_reader items = attest_reader_init(attest_view_text(text ?: ""));
    while (more) {
        const struct ctl_input_missing *row = rows;
        more = attest_reader_split(&items, ',', &item);
        while (row->name && !attest_view_equal(item, attest_view_text(row->name)))
            row++;
        if (!row->name)
            return attest_fail(&call->diag, ATTEST_USAGE, text, "%s after --allow-missing", expected);
        *row->allowed = true;
    }
    return ATTEST_OK;
}

enum attest_error ctl_input_check_files(struct ctl_call *call, const char *const *files, size_t count)
{
    const char *root;
    size_t standard_inputs = 0;

    for (size_t i = 0; i < count; i++)
        standard_inputs += files[i] && strcmp(files[i], "-") == 0;
    for (size_t i = 0; (root = ctl_option_value(call, CTL_ROOT, i)); i++)
        standard_inputs += strcmp(root, "-") == 0;
    if (standard_inputs > 1)
        return attest_fail(&call->diag, ATTEST_USAGE, "it twice", "standard input (-) for one file");
    return ATTEST_OK;
}
