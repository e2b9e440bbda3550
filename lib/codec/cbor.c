/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is the next item of these CBOR bytes (RFC 8949)? Trusts nothing: libcbor's stream decoder reads one head
 * at a time and allocates nothing; depth, number of items and claimed lengths are bounded here, before anything
 * follows from them. The only file that knows libcbor.
 */
#include "codec/cbor.h"

#include "base/bytes.h"
#include "base/error.h"

#include <cbor.h>

/* What one call of the decoder saw. */
struct head {
    struct attest_cbor_item item;
    bool indefinite;
    bool refused; /* something that is not read here */
};

static const char *const type_names[] = {
    [ATTEST_CBOR_UNSIGNED] = "an unsigned integer",
    [ATTEST_CBOR_NEGATIVE] = "a negative integer",
    [ATTEST_CBOR_BYTES] = "a byte string",
    [ATTEST_CBOR_TEXT] = "a text",
    [ATTEST_CBOR_ARRAY] = "an array",
    [ATTEST_CBOR_MAP] = "a map",
    [ATTEST_CBOR_TAG] = "a tag",
    [ATTEST_CBOR_BOOLEAN] = "true or false",
    [ATTEST_CBOR_NULL] = "null",
    [ATTEST_CBOR_END] = "the end of the array or map",
};

const char *attest_cbor_type_name(enum attest_cbor_type type)
{
    return type_names[type];
}

static void see(void *context, enum attest_cbor_type type, uint64_t value)
{
    struct head *head = context;

    head->item = (struct attest_cbor_item){ .type = type, .value = value };
}

/* libcbor has a callback for each width of an integer. */
#define SEE_INTEGER(name, width, type)                                                                         \
    static void name(void *context, width value)                                                               \
    {                                                                                                          \
        see(context, type, value);                                                                             \
    }
SEE_INTEGER(see_uint8, uint8_t, ATTEST_CBOR_UNSIGNED)
SEE_INTEGER(see_uint16, uint16_t, ATTEST_CBOR_UNSIGNED)
SEE_INTEGER(see_uint32, uint32_t, ATTEST_CBOR_UNSIGNED)
SEE_INTEGER(see_uint64, uint64_t, ATTEST_CBOR_UNSIGNED)
SEE_INTEGER(see_negint8, uint8_t, ATTEST_CBOR_NEGATIVE)
SEE_INTEGER(see_negint16, uint16_t, ATTEST_CBOR_NEGATIVE)
SEE_INTEGER(see_negint32, uint32_t, ATTEST_CBOR_NEGATIVE)
SEE_INTEGER(see_negint64, uint64_t, ATTEST_CBOR_NEGATIVE)
SEE_INTEGER(see_tag, uint64_t, ATTEST_CBOR_TAG)
SEE_INTEGER(see_array, size_t, ATTEST_CBOR_ARRAY)
SEE_INTEGER(see_map, size_t, ATTEST_CBOR_MAP)
SEE_INTEGER(see_boolean, bool, ATTEST_CBOR_BOOLEAN)

static void see_bytes(void *context, cbor_data data, size_t size)
{
    see(context, ATTEST_CBOR_BYTES, size);
    ((struct head *)context)->item.content = (struct attest_view){ data, size };
}

static void see_text(void *context, cbor_data data, size_t size)
{
    see(context, ATTEST_CBOR_TEXT, size);
    ((struct head *)context)->item.content = (struct attest_view){ data, size };
}

static void see_open_array(void *context)
{
    see(context, ATTEST_CBOR_ARRAY, 0);
    ((struct head *)context)->indefinite = true;
}

static void see_open_map(void *context)
{
    see(context, ATTEST_CBOR_MAP, 0);
    ((struct head *)context)->indefinite = true;
}

static void see_null(void *context)
{
    see(context, ATTEST_CBOR_NULL, 0);
}

static void see_break(void *context)
{
    see(context, ATTEST_CBOR_END, 0);
}

static void refuse(void *context)
{
    ((struct head *)context)->refused = true;
}

static void refuse_float(void *context, float value)
{
    (void)value;
    refuse(context);
}

static void refuse_double(void *context, double value)
{
    (void)value;
    refuse(context);
}

static const struct cbor_callbacks callbacks = {
    .uint8 = see_uint8,
    .uint16 = see_uint16,
    .uint32 = see_uint32,
    .uint64 = see_uint64,
    .negint8 = see_negint8,
    .negint16 = see_negint16,
    .negint32 = see_negint32,
    .negint64 = see_negint64,
    .byte_string_start = refuse,
    .byte_string = see_bytes,
    .string = see_text,
    .string_start = refuse,
    .indef_array_start = see_open_array,
    .array_start = see_array,
    .indef_map_start = see_open_map,
    .map_start = see_map,
    .tag = see_tag,
    .float2 = refuse_float,
    .float4 = refuse_float,
    .float8 = refuse_double,
    .undefined = refuse,
    .null = see_null,
    .boolean = see_boolean,
    .indef_break = see_break,
};

struct attest_cbor attest_cbor_init(struct attest_view input)
{
    return (struct attest_cbor){ .reader = attest_reader_init(input) };
}

static enum attest_error fail(const struct attest_cbor *cbor, enum attest_error error, struct attest_diag *diag,
                              const char *found, const char *expected)
{
    if (diag)
        diag->offset = cbor->reader.offset;
    return attest_fail(diag, error, found, "%s", expected);
}

/* The bytes that the shortest head with this argument has (§3, §4.2.1). */
static size_t shortest_head(const struct head *head)
{
    uint64_t value = head->item.value;

    if (head->indefinite)
        return 0;
    if (head->item.type >= ATTEST_CBOR_BOOLEAN || value < 24)
        return 1;
    return value <= UINT8_MAX ? 2 : value <= UINT16_MAX ? 3 : value <= UINT32_MAX ? 5 : 9;
}

/* Tags 6 to 20 are valid, and libcbor (0.8 at least) takes them for errors where they are one byte (§3.4). */
static bool decode_short_tag(struct attest_cbor *cbor, struct head *head)
{
    uint8_t byte = cbor->reader.input.data[cbor->reader.offset];

    if (byte >> 5 != 6 || (byte & 0x1f) >= 24)
        return false;
    see(head, ATTEST_CBOR_TAG, byte & 0x1f);
    (void)attest_reader_take(&cbor->reader, 1);
    return true;
}

static enum attest_error decode(struct attest_cbor *cbor, struct head *head, struct attest_diag *diag)
{
    size_t left = attest_reader_left(&cbor->reader);

    if (left == 0)
        return fail(cbor, ATTEST_TRUNCATED, diag, "the end", "another CBOR item");
    if (decode_short_tag(cbor, head))
        return ATTEST_OK;
    struct cbor_decoder_result result =
        cbor_stream_decode(cbor->reader.input.data + cbor->reader.offset, left, &callbacks, head);
    if (result.status == CBOR_DECODER_NEDATA)
        return fail(cbor, ATTEST_TRUNCATED, diag, NULL, "an item no longer than the bytes there are");
    if (result.status != CBOR_DECODER_FINISHED)
        return fail(cbor, ATTEST_MALFORMED, diag, NULL, "CBOR (RFC 8949)");
    if (head->refused)
        return fail(cbor, ATTEST_UNSUPPORTED, diag, NULL,
                    "integers, strings in one piece, arrays, maps, true, false or null");
    if (cbor->shortest && result.read - head->item.content.size != shortest_head(head))
        return fail(cbor, ATTEST_MALFORMED, diag, "a longer one", "the shortest encoding");
    (void)attest_reader_take(&cbor->reader, result.read);
    return ATTEST_OK;
}

static bool is_same(const struct attest_cbor_item *a, const struct attest_cbor_item *b)
{
    return a->type == b->type && a->value == b->value && attest_view_equal(a->content, b->content);
}

/* The key must be one that compares, and a new one in its map. */
static enum attest_error add_key(struct attest_cbor *cbor, const struct attest_cbor_item *key,
                                 struct attest_diag *diag)
{
    if (key->type > ATTEST_CBOR_TEXT)
        return fail(cbor, ATTEST_UNSUPPORTED, diag, type_names[key->type],
                    "integers or strings as a map's keys");
    for (size_t i = cbor->open[cbor->depth - 1].first_key; i < cbor->key_count; i++)
        if (is_same(&cbor->keys[i], key))
            return fail(cbor, ATTEST_MALFORMED, diag, "it twice", "each key of a map once");
    cbor->keys[cbor->key_count++] = *key;
    return ATTEST_OK;
}

/* Closes the innermost container; what it was an item of has been told when it was opened. */
static void close_container(struct attest_cbor *cbor)
{
    cbor->depth--;
    cbor->key_count = cbor->open[cbor->depth].first_key;
    cbor->complete = cbor->depth == 0;
}

static enum attest_error take_break(struct attest_cbor *cbor, struct attest_diag *diag)
{
    if (cbor->depth == 0 || !cbor->open[cbor->depth - 1].indefinite)
        return fail(cbor, ATTEST_MALFORMED, diag, "a break", "an item");
    if (cbor->open[cbor->depth - 1].is_map && cbor->open[cbor->depth - 1].taken % 2 != 0)
        return fail(cbor, ATTEST_MALFORMED, diag, "a break", "a value for the map's last key");
    close_container(cbor);
    return ATTEST_OK;
}

static enum attest_error open_container(struct attest_cbor *cbor, const struct head *head,
                                        struct attest_diag *diag)
{
    uint64_t each = head->item.type == ATTEST_CBOR_MAP ? 2 : 1;

    if (cbor->depth == ATTEST_CBOR_DEPTH_MAX)
        return fail(cbor, ATTEST_TOO_LARGE, diag, NULL, "arrays and maps at most 8 deep");
    if (head->item.value > attest_reader_left(&cbor->reader) / each)
        return fail(cbor, ATTEST_TRUNCATED, diag, NULL, "no more entries than there are bytes for");
    cbor->open[cbor->depth].is_map = head->item.type == ATTEST_CBOR_MAP;
    cbor->open[cbor->depth].indefinite = head->indefinite;
    cbor->open[cbor->depth].left = head->item.value * each;
    cbor->open[cbor->depth].taken = 0;
    cbor->open[cbor->depth].first_key = cbor->key_count;
    cbor->depth++;
    return ATTEST_OK;
}

/* Counts the item in the container that it is in. */
static enum attest_error count_item(struct attest_cbor *cbor, const struct attest_cbor_item *item,
                                    struct attest_diag *diag)
{
    if (++cbor->item_count > ATTEST_CBOR_ITEMS_MAX)
        return fail(cbor, ATTEST_TOO_LARGE, diag, NULL, "at most 256 items");
    if (cbor->depth == 0)
        return ATTEST_OK;
    if (item->type == ATTEST_CBOR_TAG)
        return fail(cbor, ATTEST_UNSUPPORTED, diag, "one inside", "tags only around the whole");
    cbor->open[cbor->depth - 1].left -= cbor->open[cbor->depth - 1].indefinite ? 0 : 1;
    if (cbor->open[cbor->depth - 1].is_map && cbor->open[cbor->depth - 1].taken % 2 == 0)
        attest_try(add_key(cbor, item, diag));
    cbor->open[cbor->depth - 1].taken++;
    return ATTEST_OK;
}

enum attest_error attest_cbor_next(struct attest_cbor *cbor, struct attest_cbor_item *ret_item,
                                   struct attest_diag *diag)
{
    struct head head = { 0 };

    if (cbor->complete)
        return fail(cbor, ATTEST_TRUNCATED, diag, "its end", "another CBOR item");
    if (cbor->depth > 0 && !cbor->open[cbor->depth - 1].indefinite && cbor->open[cbor->depth - 1].left == 0) {
        close_container(cbor);
        *ret_item = (struct attest_cbor_item){ .type = ATTEST_CBOR_END };
        return ATTEST_OK;
    }
    attest_try(decode(cbor, &head, diag));
    if (head.item.type == ATTEST_CBOR_END) {
        attest_try(take_break(cbor, diag));
    } else {
        attest_try(count_item(cbor, &head.item, diag));
        if (head.item.type == ATTEST_CBOR_ARRAY || head.item.type == ATTEST_CBOR_MAP)
            attest_try(open_container(cbor, &head, diag));
        else if (head.item.type != ATTEST_CBOR_TAG)
            cbor->complete = cbor->depth == 0;
    }
    *ret_item = head.item;
    return ATTEST_OK;
}

enum attest_error attest_cbor_take(struct attest_cbor *cbor, enum attest_cbor_type type, const char *what,
                                   struct attest_cbor_item *ret_item, struct attest_diag *diag)
{
    struct attest_cbor_item item = { 0 };
    size_t offset = cbor->reader.offset;

    attest_try(attest_cbor_next(cbor, &item, diag));
    if (item.type != type) {
        if (diag)
            diag->offset = offset;
        return attest_fail(diag, ATTEST_MALFORMED, type_names[item.type], "%s for %s", type_names[type], what);
    }
    *ret_item = item;
    return ATTEST_OK;
}

enum attest_error attest_cbor_end(const struct attest_cbor *cbor, struct attest_diag *diag)
{
    if (!cbor->complete)
        return fail(cbor, ATTEST_MALFORMED, diag, "an item that is not", "one CBOR item, read to its end");
    return attest_reader_end(&cbor->reader, diag);
}
