/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /v1/openapi.json: the routes table, as OpenAPI 3.1 says it. What is not in the table is not in the
 * description.
 */
#include <config.h>
#include "base/reader.h"
#include "daemon/response.h"
#include "daemon/routes.h"
#include "evidence/unlockevent.h"

#include <string.h>

/* {"schema": ...} of one parameter */
static void write_param_schema(struct attest_json_writer *json, const char *name, const struct param *param)
{
    attest_json_open(json, name, '{');
    attest_json_write_text(json, "type", param->type == PARAM_NUMBER ? "integer" : "string");
    attest_json_write_text(json, "description", param->what);
    if (param->type == PARAM_NUMBER) {
        attest_json_write_unsigned(json, "minimum", param->least);
        attest_json_write_unsigned(json, "maximum", param->most);
    } else if (param->type == PARAM_NAME) {
        attest_json_write_text(json, "pattern", "^[A-Za-z0-9_-][A-Za-z0-9._-]*$");
        attest_json_write_unsigned(json, "maxLength", ATTEST_UNLOCKEVENT_NAME_MAX);
    } else if (param->type == PARAM_HEX) {
        attest_json_write_text(json, "pattern", "^([0-9a-fA-F]{2})*$");
        attest_json_write_unsigned(json, "minLength", 2 * param->least);
        attest_json_write_unsigned(json, "maxLength", 2 * param->most);
    } else if (param->type == PARAM_BASE64 || param->type == PARAM_PUBLIC_KEY) {
        attest_json_write_text(json, "contentEncoding", "base64");
        attest_json_write_unsigned(json, "maxLength", (param->most + 2) / 3 * 4);
    } else if (param->type == PARAM_CHOICE) {
        attest_json_open(json, "enum", '[');
        for (size_t i = 0; param->choices[i]; i++)
            attest_json_write_text(json, NULL, param->choices[i]);
        attest_json_close(json, ']');
    } else if (param->type == PARAM_BANK) {
        attest_json_open(json, "enum", '[');
        for (int bank = ATTEST_HASH_SHA1; bank < ATTEST_HASH_COUNT; bank++)
            attest_json_write_text(json, NULL, attest_hash_name((enum attest_hash)bank));
        attest_json_close(json, ']');
    } else {
        attest_json_write_text(json, "pattern", "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$");
    }
    attest_json_close(json, '}');
}

static void write_query(struct attest_json_writer *json, const struct param *params)
{
    attest_json_open(json, "parameters", '[');
    for (const struct param *param = params; param->name; param++) {
        attest_json_open(json, NULL, '{');
        attest_json_write_text(json, "name", param->name);
        attest_json_write_text(json, "in", "query");
        attest_json_write_boolean(json, "required", param->required);
        write_param_schema(json, "schema", param);
        attest_json_close(json, '}');
    }
    attest_json_close(json, ']');
}

static void write_required(struct attest_json_writer *json, const struct param *params)
{
    attest_json_open(json, "required", '[');
    for (const struct param *param = params; param->name; param++)
        if (param->required)
            attest_json_write_text(json, NULL, param->name);
    attest_json_close(json, ']');
}

static void write_body(struct attest_json_writer *json, const struct param *params)
{
    attest_json_open(json, "requestBody", '{');
    attest_json_open(json, "content", '{');
    attest_json_open(json, CONTENT_JSON, '{');
    attest_json_open(json, "schema", '{');
    attest_json_write_text(json, "type", "object");
    attest_json_write_boolean(json, "additionalProperties", false);
    write_required(json, params);
    attest_json_open(json, "properties", '{');
    for (const struct param *param = params; param->name; param++)
        write_param_schema(json, param->name, param);
    for (int i = 0; i < 5; i++)
        attest_json_close(json, '}');
}

/* One item of route.schema: "name:type" with '?' behind if it may be missing. */
struct member {
    char name[32];
    bool is_base64;
    bool optional;
    const char *type;
};

static bool next_member(struct attest_reader *items, struct member *ret_member)
{
    static const char *const types[] = { "string", "integer", "boolean", "object", "array" };
    struct attest_view item, name;

    if (attest_reader_left(items) == 0)
        return false;
    attest_reader_split(items, ',', &item);
    struct attest_reader reader = attest_reader_init(item);
    attest_reader_split(&reader, ':', &name);
    struct attest_view type = attest_reader_take(&reader, attest_reader_left(&reader));
    *ret_member = (struct member){ .type = "string", .optional = type.data[type.size - 1] == '?' };
    type.size -= ret_member->optional;
    ret_member->is_base64 = attest_view_equal(type, attest_view_text("base64"));
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (attest_view_equal(type, attest_view_text(types[i])))
            ret_member->type = types[i];
    memcpy(ret_member->name, name.data, name.size < sizeof ret_member->name ? name.size : 0);
    return true;
}

static void write_members(struct attest_json_writer *json, const char *schema)
{
    struct member member;

    attest_json_write_text(json, "type", "object");
    attest_json_open(json, "required", '[');
    for (struct attest_reader items = attest_reader_init(attest_view_text(schema));
         next_member(&items, &member);)
        if (!member.optional)
            attest_json_write_text(json, NULL, member.name);
    attest_json_close(json, ']');
    attest_json_open(json, "properties", '{');
    for (struct attest_reader items = attest_reader_init(attest_view_text(schema));
         next_member(&items, &member);) {
        attest_json_open(json, member.name, '{');
        attest_json_write_text(json, "type", member.type);
        if (member.is_base64)
            attest_json_write_text(json, "contentEncoding", "base64");
        attest_json_close(json, '}');
    }
    attest_json_close(json, '}');
}

static void write_response(struct attest_json_writer *json, const char *name, const char *description,
                           const char *content_type, const char *schema, const char *other_type)
{
    attest_json_open(json, name, '{');
    attest_json_write_text(json, "description", description);
    attest_json_open(json, "content", '{');
    attest_json_open(json, content_type, '{');
    attest_json_open(json, "schema", '{');
    if (schema)
        write_members(json, schema);
    else
        attest_json_write_text(json, "type", "string");
    attest_json_close(json, '}');
    attest_json_close(json, '}');
    if (other_type) { /* bytes: no schema (OpenAPI 3.1.0, "Considerations for File Uploads") */
        attest_json_open(json, other_type, '{');
        attest_json_close(json, '}');
    }
    attest_json_close(json, '}');
    attest_json_close(json, '}');
}

static void write_operation(struct attest_json_writer *json, const struct route *route, const char *method)
{
    bool is_post = strcmp(method, "post") == 0;

    attest_json_open(json, method, '{');
    attest_json_write_text(json, "summary", route->summary);
    if (is_post)
        write_body(json, route->params);
    else
        write_query(json, route->params);
    attest_json_open(json, "responses", '{');
    write_response(json, "200", "It is done.", route->content_type, route->schema, route->other_type);
    attest_json_open(json, "default", '{');
    attest_json_write_text(json, "$ref", "#/components/responses/Problem");
    attest_json_close(json, '}');
    attest_json_close(json, '}');
    attest_json_close(json, '}');
}

static void write_path(struct attest_json_writer *json, const struct route *route)
{
    attest_json_open(json, route->path, '{');
    if (route->methods & METHOD_GET)
        write_operation(json, route, "get");
    if (route->methods & METHOD_POST)
        write_operation(json, route, "post");
    attest_json_close(json, '}');
}

static void write_info(struct attest_json_writer *json)
{
    attest_json_open(json, "info", '{');
    attest_json_write_text(json, "title", "attestd");
    attest_json_write_text(json, "version", PACKAGE_VERSION);
    attest_json_write_text(
        json, "description",
        "Over TCP everything but GET /v1/health is POST with Content-Type: application/json.");
    attest_json_close(json, '}');
    attest_json_open(json, "servers", '[');
    attest_json_open(json, NULL, '{');
    attest_json_write_text(json, "url", "http://localhost");
    attest_json_close(json, '}');
    attest_json_close(json, ']');
}

enum attest_error api_openapi_answer(struct request *request, struct attest_diag *diag)
{
    struct attest_json_writer json = response_begin(request);

    (void)diag;
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "openapi", "3.1.0");
    write_info(&json);
    attest_json_open(&json, "paths", '{');
    for (const struct route *route = routes; route->path; route++)
        write_path(&json, route);
    attest_json_close(&json, '}');
    attest_json_open(&json, "components", '{');
    attest_json_open(&json, "responses", '{');
    write_response(&json, "Problem", "What was expected and is not so (RFC 9457).", CONTENT_PROBLEM,
                   "type:string,title:string,status:integer,detail:string,parameter:string?,expected:string?,"
                   "got_length:integer?",
                   NULL);
    for (int i = 0; i < 3; i++)
        attest_json_close(&json, '}');
    return ATTEST_OK;
}
