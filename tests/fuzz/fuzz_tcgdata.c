/* SPDX-License-Identifier: Apache-2.0 */
/* Data of events: four bytes are the type, little-endian. What is written is JSON that another reader takes,
 * and not more than is promised. */
#include "tests/fuzz/fuzz.h"

#include "codec/json.h"
#include "codec/tcgdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_TCGDATA_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct attest_json_writer json = { .out = &out };
    struct attest_reader reader = attest_reader_init((struct attest_view){ data, size });
    struct attest_tcg_event event = { .type = attest_reader_le32(&reader) };

    event.data = attest_reader_take(&reader, attest_reader_left(&reader));
    attest_json_open(&json, NULL, '{');
    attest_tcgdata_write(&json, &event);
    attest_json_close(&json, '}');
    demand(attest_bytes_check(&out) == ATTEST_OK);
    demand(attest_json_parse(attest_bytes_view(&out), ATTEST_TCGDATA_MAX, &root, NULL) == ATTEST_OK);
    demand(attest_json_is_object(attest_json_member(root, "data")));
    return 0;
}
