/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other people's messages, from $ATTESTD_VECTORS/esdk: the header says what is recorded beside each; with its
 * data key it opens to its plaintext, whole, byte by byte and frame by frame, or is refused as recorded. Where
 * it opens, it opens for nobody who wants key commitment and doesn't get it, nor with another key.
 */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "base/file.h"
#include "seal/unseal.h"

#include <dirent.h>
#include <json-c/json.h>

#define FILE_MAX  ((size_t)1 << 20)
#define NAMES_MAX 512

static char folder[400];

static struct attest_bytes load(const char *name, const char *suffix)
{
    struct attest_bytes content = attest_bytes_init(0);
    char path[800];

    snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    if (attest_file_read(path, FILE_MAX, &content, NULL) != ATTEST_OK)
        return attest_bytes_init(0); /* not every case has a key, or a plaintext */
    return content;
}

static struct attest_secret *secret_of(struct attest_view view)
{
    struct attest_secret *secret = NULL;

    assert_ok(attest_secret_new(view.size, &secret, NULL));
    memcpy(attest_secret_data(secret), view.data, view.size);
    return secret;
}

static json_object *get(json_object *object, const char *name)
{
    json_object *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static void check_context(const struct attest_message *message, json_object *recorded)
{
    struct attest_view found;

    assert_int_equal(message->pairs, json_object_object_length(recorded));
    json_object_object_foreach(recorded, name, value)
    {
        assert_true(attest_message_find(message, name, &found));
        assert_text(found, json_object_get_string(value));
    }
}

static void check_keys(const struct attest_message *message, json_object *recorded)
{
    struct attest_reader cursor = attest_reader_init(message->data_keys);
    struct attest_message_key key;
    size_t count = 0;

    for (; attest_message_next_key(&cursor, &key); count++) {
        json_object *one = json_object_array_get_idx(recorded, count);
        assert_text(key.provider, json_object_get_string(get(one, "provider")));
        assert_hex(key.info, json_object_get_string(get(one, "info_hex")));
        assert_hex(key.ciphertext, json_object_get_string(get(one, "ciphertext_hex")));
    }
    assert_int_equal(count, json_object_array_length(recorded));
    assert_int_equal(count, message->keys);
}

static void check_header(const struct attest_message *message, json_object *recorded)
{
    char suite[8];

    snprintf(suite, sizeof suite, "%04x", message->suite->id);
    assert_string_equal(suite, json_object_get_string(get(recorded, "algorithm_suite")));
    assert_int_equal(message->suite->version, json_object_get_int(get(recorded, "version")));
    assert_hex(message->message_id, json_object_get_string(get(recorded, "message_id")));
    assert_int_equal(message->frame_length, json_object_get_int64(get(recorded, "frame_length")));
    assert_int_equal(message->is_framed,
                     strcmp(json_object_get_string(get(recorded, "content_type")), "framed") == 0);
    check_context(message, get(recorded, "encryption_context"));
    check_keys(message, get(recorded, "edks"));
}

/* Fed in pieces of that size; `ret_plaintext` collects what leaves. */
static enum attest_error open_in_pieces(const struct attest_message *message, struct attest_view body,
                                        struct attest_secret *key, enum attest_unseal_release release,
                                        size_t piece, struct attest_bytes *ret_plaintext)
{
    _cleanup_(attest_unseal_cleanup) struct attest_unseal *unseal = NULL;
    static uint8_t room[FILE_MAX];
    const struct attest_unseal_options options = {
        .allow_uncommitted = true, .release = release, .room = room, .room_size = sizeof room
    };
    struct attest_view plaintext;

    attest_try(attest_unseal_new(message, key, &options, &unseal, NULL));
    while (body.size > 0) {
        struct attest_view input = { body.data, body.size < piece ? body.size : piece };
        body.data += input.size;
        body.size -= input.size;
        while (input.size > 0) {
            attest_try(attest_unseal_feed(unseal, &input, &plaintext, NULL));
            attest_bytes_append(ret_plaintext, plaintext);
        }
    }
    attest_try(attest_unseal_end(unseal, &plaintext, NULL));
    attest_bytes_append(ret_plaintext, plaintext);
    return attest_bytes_check(ret_plaintext);
}

static void check_opens(const struct attest_message *message, struct attest_view body,
                        struct attest_secret *key, struct attest_view expected)
{
    static const size_t pieces[] = { 1, 7, FILE_MAX };
    _cleanup_(attest_secret_cleanup) struct attest_secret *whole = NULL;

    assert_ok(attest_unseal_secret(message, body, key, true, &whole, NULL));
    assert_view((struct attest_view){ attest_secret_data(whole), attest_secret_size(whole) }, expected);
    for (size_t i = 0; i < 2 * COUNT(pieces); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes plaintext = attest_bytes_init(FILE_MAX);
        assert_ok(open_in_pieces(message, body, key, i % 2 ? ATTEST_UNSEAL_FRAMES_KEPT : ATTEST_UNSEAL_AT_END,
                                 pieces[i / 2], &plaintext));
        assert_view(attest_bytes_view(&plaintext), expected);
    }
}

/* What opens, opens only as it should. */
static void check_refusals(const struct attest_message *message, struct attest_view body,
                           struct attest_secret *key)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *none = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes plaintext = attest_bytes_init(FILE_MAX);

    enum attest_error error = attest_unseal_secret(message, body, key, false, &none, NULL);
    assert_error(error, message->suite->is_committing ? ATTEST_OK : ATTEST_REFUSED);
    error = open_in_pieces(message, body, key, ATTEST_UNSEAL_FRAMES, FILE_MAX, &plaintext);
    assert_error(error, attest_suite_is_signed(message->suite) ? ATTEST_REFUSED : ATTEST_OK);
    attest_secret_cleanup(&none);
    none = NULL;
    attest_secret_data(key)[0] ^= 1;
    assert_error(attest_unseal_secret(message, body, key, true, &none, NULL), ATTEST_REFUSED);
    assert_null(none);
}

static void test_vector(void **state)
{
    const char *name = *state;
    _cleanup_(attest_bytes_done) struct attest_bytes sealed = load(name, ".esdk"),
                                                     data_key = load(name, ".datakey.bin"),
                                                     expected = load(name, ".plaintext.bin");
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *none = NULL;
    struct attest_message message;
    char path[800];

    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    json_object *recorded = json_object_from_file(path);
    const char *expect = json_object_get_string(get(recorded, "expect"));
    assert_ok(attest_message_parse(attest_bytes_view(&sealed), &message, NULL));
    check_header(&message, recorded);
    struct attest_view body = { sealed.data + message.header.size, sealed.size - message.header.size };
    if (strcmp(expect, "parse-header") != 0) {
        key = secret_of(attest_bytes_view(&data_key));
        if (strcmp(expect, "decrypt") == 0) {
            check_opens(&message, body, key, attest_bytes_view(&expected));
            check_refusals(&message, body, key);
        } else {
            assert_error(attest_unseal_secret(&message, body, key, true, &none, NULL), ATTEST_REFUSED);
        }
    }
    json_object_put(recorded);
}

static int is_message(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".esdk") == 0;
}

int main(void)
{
    static struct CMUnitTest tests[NAMES_MAX];
    const char *vectors = getenv("ATTESTD_VECTORS");
    struct dirent **files = NULL;

    snprintf(folder, sizeof folder, "%s/esdk", vectors ? vectors : "");
    int count = scandir(folder, &files, is_message, alphasort);
    if (count <= 0 || count > NAMES_MAX) {
        printf("1..0 # SKIP no messages in %s: set ATTESTD_VECTORS\n", folder);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        *strrchr(files[i]->d_name, '.') = '\0';
        tests[i] = (struct CMUnitTest){ files[i]->d_name, test_vector, NULL, NULL, files[i]->d_name };
    }
    int failed = _cmocka_run_group_tests("unseal_vectors", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    return failed;
}
