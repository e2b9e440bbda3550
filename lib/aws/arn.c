/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key is that, and where? Trusts nothing: the Region becomes part of a host name, so that each part has
 * its own alphabet. KMS Developer Guide, "Key identifiers (KeyId)".
 */
#include "aws/arn.h"

#include "aws/endpoint.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/reader.h"

#include <string.h>

static const char form[] = "a KMS key ARN: arn:PARTITION:kms:REGION:ACCOUNT:key/KEY-ID";
static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

/* The next part, which ends at `delimiter` ('\0': at the end), all of it in `alphabet`. */
static bool take(struct attest_reader *reader, char delimiter, const char *alphabet, char *ret_text,
                 size_t size)
{
    struct attest_view part = { 0 };

    if (attest_reader_split(reader, (uint8_t)delimiter, &part) == (delimiter == '\0') || part.size == 0 ||
        part.size >= size)
        return false;
    for (size_t i = 0; i < part.size; i++)
        if (part.data[i] == '\0' || !strchr(alphabet, part.data[i]))
            return false;
    memcpy(ret_text, part.data, part.size);
    ret_text[part.size] = '\0';
    return true;
}

/* The next bytes are these. */
static bool take_text(struct attest_reader *reader, const char *text)
{
    return attest_view_equal(attest_reader_take(reader, strlen(text)), attest_view_text(text));
}

static bool parse(struct attest_view text, struct attest_arn *arn)
{
    struct attest_reader reader = attest_reader_init(text);

    return take_text(&reader, "arn:") && take(&reader, ':', word, arn->partition, sizeof arn->partition) &&
           take_text(&reader, "kms:") && take(&reader, ':', word, arn->region, sizeof arn->region) &&
           take(&reader, ':', "0123456789", arn->account, sizeof arn->account) &&
           strlen(arn->account) == sizeof arn->account - 1 && take_text(&reader, "key/") &&
           take(&reader, '\0', word, arn->key_id, sizeof arn->key_id);
}

enum attest_error attest_arn_parse(struct attest_view text, struct attest_arn *ret_arn,
                                   struct attest_diag *diag)
{
    struct attest_arn arn = { 0 };
    char found[sizeof diag->found];

    attest_error_printable((const char *)text.data, text.size, found, sizeof found);
    if (!parse(text, &arn))
        return attest_fail(diag, ATTEST_MALFORMED, found, "%s", form);
    const char *partition = attest_endpoint_partition(arn.region);
    if (strcmp(partition, arn.partition) != 0)
        return attest_fail(diag, ATTEST_MALFORMED, found, "partition %s, where Region %s is", partition,
                           arn.region);
    arn.multi_region = strncmp(arn.key_id, "mrk-", 4) == 0;
    *ret_arn = arn;
    return ATTEST_OK;
}

bool attest_arn_is_same_key(const struct attest_arn *a, const struct attest_arn *b)
{
    return strcmp(a->partition, b->partition) == 0 && strcmp(a->account, b->account) == 0 &&
           strcmp(a->key_id, b->key_id) == 0 && (a->multi_region || strcmp(a->region, b->region) == 0);
}
