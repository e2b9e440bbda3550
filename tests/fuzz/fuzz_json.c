/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: what is read, written again and read again is the same to the byte. */
#include "tests/fuzz/fuzz.h"

#include "codec/json.h"
#include "codec/json_writer.h"

#define MAXIMUM ((size_t)1 << 16)

static enum attest_error write_member(const char *name, const struct attest_json *value, void *context,
                                      struct attest_diag *diag)
{
    struct attest_json_writer *json = context;
    struct attest_view text;
    uint64_t number;
    bool boolean;

    if (attest_json_text(value, &text)) {
        attest_json_write_text_view(json, name, text);
    } else if (attest_json_unsigned(value, &number)) {
        attest_json_write_unsigned(json, name, number);
    } else if (attest_json_boolean(value, &boolean)) {
        attest_json_write_boolean(json, name, boolean);
    } else if (attest_json_is_object(value)) {
        attest_json_open(json, name, '{');
        enum attest_error error = attest_json_each(value, write_member, json, diag);
        attest_json_close(json, '}');
        return error;
    }
    return ATTEST_OK;
}

static struct attest_bytes rewrite(const struct attest_json *root)
{
    struct attest_bytes out = attest_bytes_init(8 * MAXIMUM);
    struct attest_json_writer json = { .out = &out };

    attest_json_open(&json, NULL, '{');
    demand(attest_json_each(root, write_member, &json, NULL) == ATTEST_OK);
    attest_json_close(&json, '}');
    demand(attest_bytes_check(&out) == ATTEST_OK);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL, *again = NULL;
    struct attest_diag diag = { 0 };

    enum attest_error error = attest_json_parse((struct attest_view){ data, size }, MAXIMUM, &root, &diag);
    demand_parsed(error);
    demand((error == ATTEST_OK) == (root != NULL));
    if (!root)
        return 0;
    _cleanup_(attest_bytes_done) struct attest_bytes once = rewrite(root);
    demand(attest_json_parse(attest_bytes_view(&once), 8 * MAXIMUM, &again, &diag) == ATTEST_OK);
    _cleanup_(attest_bytes_done) struct attest_bytes twice = rewrite(again);
    demand(attest_view_equal(attest_bytes_view(&once), attest_bytes_view(&twice)));
    return 0;
}
