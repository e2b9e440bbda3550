/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that an independent writer made (tests/fuzz/make_message_seeds.py), under the data key 00 01 02 ...:
 * opened, and refused with any bit flipped, at every cut, with frames in another order, and with another key.
 */
#include "tests/unit/seeds.h"

#include "base/error.h"
#include "seal/unseal.h"

#define TEXT  "The secret that the tests look for."
#define FRAME 48 /* a regular one of the seeds, with 16 bytes of plaintext */
#define ROOM  256

static struct attest_secret *make_key(size_t size)
{
    struct attest_secret *key = NULL;

    assert_ok(attest_secret_new(size, &key, NULL));
    for (size_t i = 0; i < size; i++)
        attest_secret_data(key)[i] = (uint8_t)i;
    return key;
}

/* All of the message, as a caller without mercy: any failure is one, whichever function tells. */
static enum attest_error open_message(struct attest_view wire, struct attest_diag *diag)
{
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *plaintext = NULL;
    struct attest_message message;

    attest_try(attest_message_parse(wire, &message, diag));
    key = make_key(message.suite->key_size);
    struct attest_view body = { wire.data + message.header.size, wire.size - message.header.size };
    enum attest_error error = attest_unseal_secret(&message, body, key, true, &plaintext, diag);
    assert_int_equal(error == ATTEST_OK, plaintext != NULL);
    return error;
}

static enum attest_error open_exact(struct attest_view wire)
{
    _cleanup_free_ uint8_t *copy = exact(wire);
    struct attest_diag diag = { 0 };

    enum attest_error error = open_message((struct attest_view){ copy, wire.size }, &diag);
    assert_true(error == ATTEST_OK || strlen(diag.expected) > 0);
    return error;
}

static enum attest_error open_seed(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(name);

    return open_exact(attest_bytes_view(&seed));
}

static void test_opens(void **state)
{
    static const struct {
        const char *seed, *plaintext;
    } cases[] = {
        { "message/0014", TEXT },
        { "message/0046", TEXT },
        { "message/0078", TEXT },
        { "message/0114", TEXT },
        { "message/0146", TEXT },
        { "message/0178", TEXT },
        { "message/0214", TEXT },
        { "message/0346", TEXT },
        { "message/0378", TEXT },
        { "message/0478", TEXT },
        { "message/0578", TEXT },
        { "message/0178-unframed", TEXT },
        { "message/0478-unframed", TEXT },
        { "message/0578-unframed", TEXT },
        { "message/0478-context", TEXT },
        { "message/0478-long-frame", TEXT },
        { "message/0478-frame-of-1", "abc" },
        { "message/0478-empty", "" },
        { "message/0478-full-frames", "The secret that the tests look f" },
        { "message/0478-empty-final", "The secret that " },
        { "message/unsorted", TEXT },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(cases[i].seed);
        _cleanup_(attest_secret_cleanup) struct attest_secret *key = NULL, *plaintext = NULL;
        struct attest_message message;
        assert_ok(attest_message_parse(attest_bytes_view(&seed), &message, NULL));
        key = make_key(message.suite->key_size);
        struct attest_view body = { seed.data + message.header.size, seed.size - message.header.size };
        assert_ok(attest_unseal_secret(&message, body, key, true, &plaintext, NULL));
        assert_text((struct attest_view){ attest_secret_data(plaintext), attest_secret_size(plaintext) },
                    cases[i].plaintext);
    }
}

static void test_every_bit(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(*state);

    for (size_t bit = 0; bit < 8 * seed.size; bit++) {
        seed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(open_exact(attest_bytes_view(&seed)), ATTEST_OK);
        seed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_ok(open_exact(attest_bytes_view(&seed)));
}

static void test_every_cut(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(*state);

    for (size_t size = 0; size < seed.size; size++)
        assert_error(open_exact((struct attest_view){ seed.data, size }), ATTEST_TRUNCATED);
}

static void test_more(void **state)
{
    static const char *const names[] = { "message/0478", "message/0578", "message/0478-unframed" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed(names[i]);
        attest_bytes_append_u8(&seed, 0);
        assert_ok(attest_bytes_check(&seed));
        assert_error(open_exact(attest_bytes_view(&seed)), ATTEST_TRAILING);
    }
}

static void test_lies(void **state)
{
    static const struct {
        const char *seed;
        enum attest_error error;
    } cases[] = {
        { "message/lie-key-unsigned", ATTEST_MALFORMED }, { "message/lie-key-none", ATTEST_MALFORMED },
        { "message/lie-key-short", ATTEST_MALFORMED },    { "message/lie-number-0", ATTEST_MALFORMED },
        { "message/lie-number-2", ATTEST_MALFORMED },     { "message/lie-number-again", ATTEST_MALFORMED },
        { "message/lie-number-gap", ATTEST_MALFORMED },   { "message/lie-final-long", ATTEST_MALFORMED },
        { "message/lie-final-twice", ATTEST_TRAILING },   { "message/lie-final-none", ATTEST_TRUNCATED },
        { "message/lie-frame-short", ATTEST_REFUSED },    { "message/lie-frame-missing", ATTEST_TRUNCATED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_error(open_seed(cases[i].seed), cases[i].error);
}

/* Frames of the seed in another order: 0 and 1 the regular ones, 2 the final one. */
static void test_order(void **state)
{
    static const struct {
        const char *order;
        enum attest_error error;
    } cases[] = {
        { "012", ATTEST_OK },          { "102", ATTEST_MALFORMED }, { "002", ATTEST_MALFORMED },
        { "02", ATTEST_MALFORMED },    { "2", ATTEST_MALFORMED },   { "01", ATTEST_TRUNCATED },
        { "0122", ATTEST_TRAILING },   { "", ATTEST_TRUNCATED },    { "0121", ATTEST_TRAILING },
        { "01012", ATTEST_MALFORMED },
    };
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("message/0478");
    struct attest_message message;

    (void)state;
    assert_ok(attest_message_parse(attest_bytes_view(&seed), &message, NULL));
    size_t begin = message.header.size;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(1024);
        attest_bytes_append(&wire, message.header);
        for (const char *frame = cases[i].order; *frame; frame++) {
            size_t at = begin + FRAME * (size_t)(*frame - '0');
            attest_bytes_append(&wire,
                                (struct attest_view){ seed.data + at, *frame == '2' ? seed.size - at : FRAME });
        }
        assert_error(open_exact(attest_bytes_view(&wire)), cases[i].error);
    }
}

struct stream {
    struct attest_bytes seed;
    struct attest_message message;
    struct attest_secret *key;
    uint8_t room[ROOM];
    struct attest_unseal *unseal;
};

static enum attest_error begin(struct stream *stream, const char *seed, struct attest_unseal_options options)
{
    *stream = (struct stream){ .seed = read_seed(seed) };
    options.room = stream->room;
    options.room_size = options.room_size ? options.room_size : sizeof stream->room;
    assert_ok(attest_message_parse(attest_bytes_view(&stream->seed), &stream->message, NULL));
    stream->key = make_key(stream->message.suite->key_size);
    return attest_unseal_new(&stream->message, stream->key, &options, &stream->unseal, NULL);
}

static struct attest_view body_of(const struct stream *stream)
{
    return (struct attest_view){ stream->seed.data + stream->message.header.size,
                                 stream->seed.size - stream->message.header.size };
}

static void end(struct stream *stream)
{
    attest_unseal_free(stream->unseal);
    attest_secret_free(stream->key);
    attest_bytes_done(&stream->seed);
}

static void assert_wiped(const struct stream *stream)
{
    for (size_t i = 0; i < sizeof stream->room; i++)
        assert_int_equal(stream->room[i], 0);
}

/* The last frame never leaves before the end; a failure wipes the room and stays. */
static void test_release(void **state)
{
    static const char *const names[] = { "message/0478", "message/0578" };
    struct attest_view plaintext;
    struct stream stream;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_ok(
            begin(&stream, names[i],
                  (struct attest_unseal_options){ .release = ATTEST_UNSEAL_FRAMES_KEPT, .room_size = 16 }));
        struct attest_view input = body_of(&stream);
        assert_ok(attest_unseal_feed(stream.unseal, &input, &plaintext, NULL));
        assert_text(plaintext, "The secret that ");
        assert_ok(attest_unseal_feed(stream.unseal, &input, &plaintext, NULL));
        assert_text(plaintext, "the tests look f");
        assert_ok(attest_unseal_feed(stream.unseal, &input, &plaintext, NULL));
        assert_int_equal(plaintext.size + input.size, 0);
        assert_ok(attest_unseal_end(stream.unseal, &plaintext, NULL));
        assert_text(plaintext, "or.");
        input = (struct attest_view){ stream.seed.data, 1 };
        assert_error(attest_unseal_feed(stream.unseal, &input, &plaintext, NULL), ATTEST_TRAILING);
        assert_error(attest_unseal_end(stream.unseal, &plaintext, NULL), ATTEST_TRAILING);
        end(&stream);
    }
}

static void test_wipes(void **state)
{
    struct attest_view plaintext = { NULL, 42 };
    struct stream stream;

    (void)state;
    assert_ok(begin(&stream, "message/0478", (struct attest_unseal_options){ 0 }));
    stream.seed.data[stream.seed.size - 1] ^= 1;
    struct attest_view input = body_of(&stream);
    assert_error(attest_unseal_feed(stream.unseal, &input, &plaintext, NULL), ATTEST_REFUSED);
    assert_wiped(&stream);
    assert_int_equal(plaintext.size, 42);
    assert_error(attest_unseal_end(stream.unseal, &plaintext, NULL), ATTEST_REFUSED);
    end(&stream);

    assert_ok(begin(&stream, "message/0478", (struct attest_unseal_options){ 0 }));
    input = body_of(&stream);
    input.size--;
    assert_ok(attest_unseal_feed(stream.unseal, &input, &plaintext, NULL));
    assert_error(attest_unseal_end(stream.unseal, &plaintext, NULL), ATTEST_TRUNCATED);
    assert_wiped(&stream);
    end(&stream);
}

static void test_options(void **state)
{
    static const struct {
        const char *seed;
        struct attest_unseal_options options;
        enum attest_error new_error, feed_error;
    } cases[] = {
        { "message/0178", { 0 }, ATTEST_REFUSED, ATTEST_OK },
        { "message/0378", { 0 }, ATTEST_REFUSED, ATTEST_OK },
        { "message/0178", { .allow_uncommitted = true }, ATTEST_OK, ATTEST_OK },
        { "message/0478", { 0 }, ATTEST_OK, ATTEST_OK },
        { "message/0478", { .release = ATTEST_UNSEAL_FRAMES }, ATTEST_OK, ATTEST_OK },
        { "message/0578", { .release = ATTEST_UNSEAL_FRAMES }, ATTEST_REFUSED, ATTEST_OK },
        { "message/0478", { .room_size = 35 }, ATTEST_OK, ATTEST_OK },
        { "message/0478", { .room_size = 34 }, ATTEST_OK, ATTEST_TOO_LARGE },
        { "message/0478", { .release = ATTEST_UNSEAL_FRAMES, .room_size = 15 }, ATTEST_OK, ATTEST_TOO_LARGE },
        { "message/0478-unframed", { .room_size = 34 }, ATTEST_OK, ATTEST_TOO_LARGE },
        { "message/0478-long-frame", { .room_size = 35 }, ATTEST_OK, ATTEST_OK },
        { "message/lie-frame-missing", { 0 }, ATTEST_OK, ATTEST_TOO_LARGE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct attest_view plaintext;
        struct stream stream;
        assert_error(begin(&stream, cases[i].seed, cases[i].options), cases[i].new_error);
        struct attest_view input = body_of(&stream);
        enum attest_error error = ATTEST_OK;
        while (stream.unseal && input.size > 0 && error == ATTEST_OK)
            error = attest_unseal_feed(stream.unseal, &input, &plaintext, NULL);
        assert_error(error, cases[i].feed_error);
        end(&stream);
    }
}

static void test_key_of_another_size(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes seed = read_seed("message/0478");
    _cleanup_(attest_secret_cleanup) struct attest_secret *key = make_key(16), *none = NULL;
    struct attest_message message;

    (void)state;
    assert_ok(attest_message_parse(attest_bytes_view(&seed), &message, NULL));
    assert_error(attest_unseal_secret(&message, (struct attest_view){ 0 }, key, true, &none, NULL),
                 ATTEST_MALFORMED);
}

int main(void)
{
#define EACH(test, name)                                                                                       \
    {                                                                                                          \
#test " of " name, test, NULL, NULL, (void *)(uintptr_t) "message/" name                               \
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens),          EACH(test_every_bit, "0014"),
        EACH(test_every_bit, "0178"),          EACH(test_every_bit, "0478"),
        EACH(test_every_bit, "0578"),          EACH(test_every_bit, "0478-unframed"),
        EACH(test_every_cut, "0478"),          EACH(test_every_cut, "0378"),
        EACH(test_every_cut, "0578-unframed"), cmocka_unit_test(test_more),
        cmocka_unit_test(test_lies),           cmocka_unit_test(test_order),
        cmocka_unit_test(test_release),        cmocka_unit_test(test_wipes),
        cmocka_unit_test(test_options),        cmocka_unit_test(test_key_of_another_size),
    };

    return cmocka_run_group_tests_name("unseal", tests, NULL, NULL);
}
