/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why does AWS refuse? Trusts nothing: it may be a proxy's page, and what is read goes into logs. AWS JSON 1.1
 * protocol (Smithy, "AWS JSON 1.1 protocol", error serialization), which lets a namespace stand before the
 * name and a URI behind it; S3 API Reference, "Error responses", in XML.
 */
#include "aws/errorbody.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"
#include "codec/json.h"

#include <stdio.h>
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

/* What stands between the first <name> and the </name> behind it, as S3 writes it: no more of XML is
 * understood, and none of its entities. */
static bool find_element(struct attest_view body, const char *name, struct attest_view *ret_text)
{
    char opening[16], closing[16];

    snprintf(opening, sizeof opening, "<%s>", name);
    snprintf(closing, sizeof closing, "</%s>", name);
    const uint8_t *begin = memmem(body.data, body.size, opening, strlen(opening));
    if (!begin)
        return false;
    begin += strlen(opening);
    const uint8_t *end = memmem(begin, body.size - (size_t)(begin - body.data), closing, strlen(closing));
    if (!end)
        return false;
    *ret_text = (struct attest_view){ begin, (size_t)(end - begin) };
    return true;
}

/* The views are into `json`. */
static void read_json(const struct attest_json *json, struct attest_view *ret_type,
                      struct attest_view *ret_message)
{
    (void)attest_json_text(first_of(json, "__type", "code"), ret_type);
    (void)attest_json_text(first_of(json, "message", "Message"), ret_message);
}

static void read_xml(struct attest_view body, struct attest_view *ret_type, struct attest_view *ret_message)
{
    if (body.size == 0 || body.size > ATTEST_ERRORBODY_MAX)
        return;
    (void)find_element(body, "Code", ret_type);
    (void)find_element(body, "Message", ret_message);
}

/* No more than its first line: of a signature that does not fit, AWS goes on with the request as it should have
 * been signed, and the session token is part of that. */
static struct attest_view first_line(struct attest_view text)
{
    size_t size = 0;

    for (; text.size > 0 && text.data[0] <= ' '; text.size--)
        text.data++;
    while (size < text.size && text.data[size] != '\n' && text.data[size] != '\r')
        size++;
    return (struct attest_view){ text.data, size };
}

void attest_errorbody_read(struct attest_view body, const char *header, struct attest_aws_outcome *outcome)
{
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    struct attest_view type = { 0 }, message = { 0 };

    outcome->type[0] = outcome->message[0] = '\0';
    if (attest_json_parse(body, ATTEST_ERRORBODY_MAX, &json, NULL) == ATTEST_OK)
        read_json(json, &type, &message);
    else
        read_xml(body, &type, &message);
    if (!take_type(type, outcome))
        (void)take_type(attest_view_text(header), outcome);
    message = first_line(message);
    attest_error_printable((const char *)message.data, message.size, outcome->message, sizeof outcome->message);
}
