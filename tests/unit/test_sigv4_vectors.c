/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's signing test suite (aws-c-auth, v4, the Authorization form): each folder of $ATTESTD_VECTORS/sigv4. */
#include "tests/unit/unit.h"

#include "aws/sigv4.h"
#include "base/file.h"
#include "base/time.h"
#include "codec/json.h"

#include <dirent.h>

#define FILE_MAX ((size_t)64 << 10)

static char folder[512];

static struct attest_bytes read_file(const char *name, const char *file)
{
    struct attest_bytes content = attest_bytes_init(FILE_MAX);
    char path[1024];

    snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
    assert_ok(attest_file_read(path, FILE_MAX, &content, NULL));
    return content;
}

/* request.txt, taken apart as a server would: a line may go on in the next, if that begins with a blank. */
struct request {
    char *text;
    struct attest_sigv4_header headers[16];
    struct attest_sigv4_request signable;
};

static char *next_line(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');

    while (end && end > line && (end[1] == ' ' || end[1] == '\t'))
        end = strchr(end + 1, '\n');
    *rest = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

static void take_request_line(struct request *request, char *line)
{
    char *target = strchr(line, ' ') + 1, *version = strrchr(line, ' ');

    target[-1] = *version = '\0';
    char *query = strchr(target, '?');
    if (query)
        *query++ = '\0';
    request->signable.method = line;
    request->signable.path = attest_view_text(target);
    request->signable.query = attest_view_text(query ?: "");
}

static void read_request(const char *name, struct request *request)
{
    _cleanup_(attest_bytes_done) struct attest_bytes content = read_file(name, "request.txt");
    char *rest = request->text = strndup((const char *)content.data, content.size), *line;

    take_request_line(request, next_line(&rest));
    for (line = next_line(&rest); *line; line = next_line(&rest)) {
        char *value = strchr(line, ':');
        assert_non_null(value);
        *value++ = '\0';
        request->headers[request->signable.header_count++] =
            (struct attest_sigv4_header){ line, attest_view_text(value) };
    }
    request->signable.headers = request->headers;
    request->signable.body = attest_view_text(rest);
}

static const char *text_of(const struct attest_json *object, const char *name)
{
    struct attest_view text = { (const uint8_t *)"", 0 };

    (void)attest_json_text(attest_json_member(object, name), &text);
    return (const char *)text.data;
}

static bool is_set(const struct attest_json *object, const char *name)
{
    bool value = false;

    return attest_json_boolean(attest_json_member(object, name), &value) && value;
}

static struct attest_sigv4_keys take_context(const struct attest_json *context,
                                             struct attest_sigv4_request *request)
{
    const struct attest_json *credentials = attest_json_member(context, "credentials");
    uint64_t time = 0;

    assert_ok(attest_time_parse(attest_view_text(text_of(context, "timestamp")), &time, NULL));
    request->time = (int64_t)(time / 1000);
    request->region = text_of(context, "region");
    request->service = text_of(context, "service");
    request->verbatim = !is_set(context, "normalize");
    request->names_digest = is_set(context, "sign_body");
    return (struct attest_sigv4_keys){
        .access_key_id = text_of(credentials, "access_key_id"),
        .secret = attest_view_text(text_of(credentials, "secret_access_key")),
        .token = attest_view_text(is_set(context, "omit_session_token") ? "" : text_of(credentials, "token")),
    };
}

static void assert_file(struct attest_view found, const char *name, const char *file)
{
    _cleanup_(attest_bytes_done) struct attest_bytes expected = read_file(name, file);

    assert_int_equal(found.size, expected.size);
    assert_memory_equal(found.data, expected.data, expected.size);
}

static void check(const char *name)
{
    _cleanup_(attest_bytes_done) struct attest_bytes context = read_file(name, "context.json");
    _cleanup_(attest_bytes_done) struct attest_bytes sent = read_file(name, "header-signed-request.txt");
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = { 0 };
    struct request request = { 0 };

    print_message("# %s\n", name);
    assert_ok(attest_json_parse(attest_bytes_view(&context), FILE_MAX, &json, NULL));
    read_request(name, &request);
    struct attest_sigv4_keys keys = take_context(json, &request.signable);
    assert_ok(attest_sigv4_sign(&request.signable, &keys, &signature, NULL));
    assert_file(attest_bytes_view(&signature.canonical), name, "header-canonical-request.txt");
    assert_file(attest_bytes_view(&signature.to_sign), name, "header-string-to-sign.txt");
    assert_non_null(memmem(sent.data, sent.size, signature.authorization.data, signature.authorization.size));
    free(request.text);
}

static void test_suite(void **state)
{
    size_t count = 0;
    DIR *cases = opendir(folder);

    (void)state;
    assert_non_null(cases);
    for (struct dirent *entry = readdir(cases); entry; entry = readdir(cases)) {
        if (entry->d_name[0] == '.' || strchr(entry->d_name, '.'))
            continue;
        check(entry->d_name);
        count++;
    }
    closedir(cases);
    assert_true(count >= 15);
    print_message("# %zu cases\n", count);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_suite) };
    const char *vectors = getenv("ATTESTD_VECTORS");

    snprintf(folder, sizeof folder, "%s/sigv4", vectors ?: "");
    if (!vectors || access(folder, R_OK) != 0) {
        puts("1..0 # SKIP no sigv4 in $ATTESTD_VECTORS");
        return 0;
    }
    return cmocka_run_group_tests_name("sigv4_vectors", tests, NULL, NULL);
}
