/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why does AWS refuse? Trusts nothing: it may be a proxy's page, and what is read goes into logs. AWS JSON 1.1
 * protocol (Smithy, "AWS JSON 1.1 protocol", error serialization), which lets a namespace stand before the
 * name and a URI behind it.
 */
#include "aws/errorbody.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"
#include "codec/json.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/* "com.amazonaws.kms#Name:URI" is Name: what is before the first ':', and there behind the first '#'. */
static struct attest_view bare_name(struct attest_view text)
{
    struct attest_reader reader = attest_reader_init(text);
    struct attest_view name, namespace;

    attest_reader_split(&reader, ':', &name);
    reader = attest_reader_init(name);
    return attest_reader_split(&reader, '#', &namespace)
               ? attest_reader_take(&reader, attest_reader_left(&reader))
               : name;
}

static bool take_type(struct attest_view text, struct attest_aws_outcome *outcome)
{
    struct attest_view name = bare_name(text);

    if (name.size == 0 || name.size >= sizeof outcome->type)
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] == '\0' || !strchr(alphabet, name.data[i]))
            return false;
    memcpy(outcome->type, name.data, name.size);
    outcome->type[name.size] = '\0';
    return true;
}

static const struct attest_json *first_of(const struct attest_json *object, const char *one, const char *other)
{
    const struct attest_json *value = attest_json_member(object, one);

    return value ? value : attest_json_member(object, other);
}

void attest_errorbody_read(struct attest_view body, const char *header, struct attest_aws_outcome *outcome)
{
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    struct attest_view type = { 0 }, message = { 0 };

    outcome->type[0] = outcome->message[0] = '\0';
    if (attest_json_parse(body, ATTEST_ERRORBODY_MAX, &json, NULL) != ATTEST_OK ||
        !attest_json_text(first_of(json, "__type", "code"), &type) || !take_type(type, outcome))
        (void)take_type(attest_view_text(header), outcome);
    if (attest_json_text(first_of(json, "message", "Message"), &message))
        attest_error_printable((const char *)message.data, message.size, outcome->message,
                               sizeof outcome->message);
}
