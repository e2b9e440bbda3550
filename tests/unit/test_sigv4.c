/* SPDX-License-Identifier: Apache-2.0 */
/* Signature Version 4: AWS's published example, the rules of canonical requests, and what is not signed. */
#include "tests/unit/unit.h"

#include "aws/sigv4.h"
#include "aws/sigv4_canonical.h"

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define EMPTY  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct attest_sigv4_header host[] = { { "Host",
                                                     { (const uint8_t *)"example.amazonaws.com", 21 } } };

/* 20150830T123600Z, GET / (IAM User Guide; the suite's get-vanilla) */
static struct attest_sigv4_request vanilla(void)
{
    return (struct attest_sigv4_request){
        .method = "GET",
        .path = attest_view_text("/"),
        .headers = host,
        .header_count = 1,
        .region = "us-east-1",
        .service = "service",
        .time = 1440938160,
    };
}

static struct attest_sigv4_keys keys_of(const char *token)
{
    return (struct attest_sigv4_keys){ "AKIDEXAMPLE", attest_view_text(SECRET), attest_view_text(token) };
}

static void test_published(void **state)
{
    _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = { 0 };
    const struct attest_sigv4_request request = vanilla();
    const struct attest_sigv4_keys keys = keys_of("");

    (void)state;
    assert_ok(attest_sigv4_sign(&request, &keys, &signature, NULL));
    assert_string_equal(signature.date, "20150830T123600Z");
    assert_string_equal(signature.digest, EMPTY);
    assert_text(attest_bytes_view(&signature.canonical),
                "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n" EMPTY);
    assert_text(attest_bytes_view(&signature.to_sign),
                "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
                "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63");
    assert_text(attest_bytes_view(&signature.authorization),
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                "SignedHeaders=host;x-amz-date, "
                "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

/* What is added is signed. */
static void test_added_headers(void **state)
{
    _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = { 0 };
    struct attest_sigv4_request request = vanilla();
    const struct attest_sigv4_keys keys = keys_of("a token");

    (void)state;
    request.names_digest = true;
    assert_ok(attest_sigv4_sign(&request, &keys, &signature, NULL));
    assert_text(attest_bytes_view(&signature.canonical),
                "GET\n/\n\nhost:example.amazonaws.com\nx-amz-content-sha256:" EMPTY
                "\nx-amz-date:20150830T123600Z\nx-amz-security-token:a token\n\n"
                "host;x-amz-content-sha256;x-amz-date;x-amz-security-token\n" EMPTY);
}

static void test_paths(void **state)
{
    static const struct {
        const char *path, *normal, *verbatim;
    } cases[] = {
        { "", "/", "/" },
        { "/", "/", "/" },
        { "//", "/", "//" },
        { "/a", "/a", "/a" },
        { "/a/", "/a/", "/a/" },
        { "//a//b//", "/a/b/", "//a//b//" },
        { "/./a", "/a", "/./a" },
        { "/a/./b", "/a/b", "/a/./b" },
        { "/a/../b", "/b", "/a/../b" },
        { "/a/b/../../c", "/c", "/a/b/../../c" },
        { "/..", "/", "/.." },
        { "/../../a", "/a", "/../../a" },
        { "/a/..", "/", "/a/.." },
        { "/...", "/...", "/..." },
        { "/a b", "/a%20b", "/a%20b" },
        { "/a%20b", "/a%2520b", "/a%2520b" },
        { "/-._~", "/-._~", "/-._~" },
        { "/\xe1\x88\xb4", "/%E1%88%B4", "/%E1%88%B4" },
        { "/a+b=c&d", "/a%2Bb%3Dc%26d", "/a%2Bb%3Dc%26d" },
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(256);
        bool verbatim = i % 2 == 1;
        attest_sigv4_canonical_path(&out, attest_view_text(cases[i / 2].path), verbatim);
        assert_text(attest_bytes_view(&out), verbatim ? cases[i / 2].verbatim : cases[i / 2].normal);
    }
}

static void test_queries(void **state)
{
    static const struct {
        const char *query, *canonical;
    } cases[] = {
        { "", "" },
        { "&", "" },
        { "a", "a=" },
        { "a=", "a=" },
        { "=a", "=a" },
        { "b=1&a=2", "a=2&b=1" },
        { "a=2&a=1&a", "a=&a=1&a=2" },
        { "Param-3=c&Param=b&%E1%88%B4=a", "%E1%88%B4=a&Param=b&Param-3=c" },
        { "\xe1\x88\xb4=a", "%E1%88%B4=a" },
        { "a=b=c", "a=b%3Dc" },
        { "a=/+ ", "a=%2F%2B%20" },
        { "a=%2f%zz%", "a=%2F%25zz%25" },
        { "a=%4", "a=%254" },
        { "a=%41", "a=A" },
        { "aa=1&a=2", "a=2&aa=1" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(256);
        _cleanup_free_ uint8_t *query = exact(attest_view_text(cases[i].query));
        assert_ok(attest_sigv4_canonical_query(&out, (struct attest_view){ query, strlen(cases[i].query) }));
        assert_text(attest_bytes_view(&out), cases[i].canonical);
    }
}

static void test_headers(void **state)
{
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(256);
    _cleanup_(attest_bytes_done) struct attest_bytes names = attest_bytes_init(256);
    struct attest_sigv4_header headers[] = {
        { "Zorro", attest_view_text("b") },         { "X-Blank", attest_view_text("  a   b\t\tc  ") },
        { "zorro", attest_view_text("a") },         { "X-Folded", attest_view_text("a\n  b\r\n\tc") },
        { "X-Empty", attest_view_text("") },        { "Host", attest_view_text("h") },
        { "ZORRO", attest_view_text("\"c   d\"") },
    };

    (void)state;
    attest_sigv4_canonical_headers(&out, &names, headers, COUNT(headers));
    assert_text(attest_bytes_view(&out),
                "host:h\nx-blank:a b c\nx-empty:\nx-folded:a b c\nzorro:b,a,\"c d\"\n");
    assert_text(attest_bytes_view(&names), "host;x-blank;x-empty;x-folded;zorro");
}

static void assert_refused(const struct attest_sigv4_request *request, enum attest_error error)
{
    struct attest_sigv4 untouched = { .date = "as before" };
    const struct attest_sigv4_keys keys = keys_of("");
    struct attest_diag diag = { 0 };

    assert_error(attest_sigv4_sign(request, &keys, &untouched, &diag), error);
    assert_string_equal(untouched.date, "as before");
    assert_null(untouched.authorization.data);
}

static void test_refused_headers(void **state)
{
    static const char *const names[] = { "X-Amz-Date", "x-amz-security-token", "X-AMZ-CONTENT-SHA256",
                                         "authorization" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct attest_sigv4_request request = vanilla();
        struct attest_sigv4_header headers[] = { host[0], { names[i], attest_view_text("x") } };
        request.headers = headers;
        request.header_count = 2;
        assert_refused(&request, ATTEST_USAGE);
    }
    struct attest_sigv4_request request = vanilla();
    request.header_count = 0;
    assert_refused(&request, ATTEST_USAGE);
}

static void test_limits(void **state)
{
    struct attest_sigv4_header headers[ATTEST_SIGV4_HEADERS_MAX + 1];
    struct attest_sigv4_request request = vanilla();
    char parameters[4 * (ATTEST_SIGV4_PARAMETERS_MAX + 1) + 1] = "";
    _cleanup_free_ char *large = malloc(1 << 17);

    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++)
        headers[i] = host[0];
    request.headers = headers;
    request.header_count = COUNT(headers);
    assert_refused(&request, ATTEST_TOO_LARGE);

    for (size_t i = 0; i <= ATTEST_SIGV4_PARAMETERS_MAX; i++)
        strcat(parameters, "a=b&");
    request = vanilla();
    request.query = attest_view_text(parameters);
    assert_refused(&request, ATTEST_TOO_LARGE);

    assert_non_null(large);
    memset(large, 'a', 1 << 17);
    request = vanilla();
    request.path = (struct attest_view){ (uint8_t *)large, 1 << 17 };
    assert_refused(&request, ATTEST_TOO_LARGE);
    request = vanilla();
    request.query = (struct attest_view){ (uint8_t *)large, 1 << 17 };
    assert_refused(&request, ATTEST_TOO_LARGE);
}

static void test_times(void **state)
{
    struct attest_sigv4_request request = vanilla();

    (void)state;
    request.time = -1;
    assert_refused(&request, ATTEST_USAGE);
    request.time = 253402300800; /* the year 10000 */
    assert_refused(&request, ATTEST_USAGE);
    request.time = INT64_MAX;
    assert_refused(&request, ATTEST_USAGE);
}

/* Another secret, Region, service, day or body is another signature. */
static void test_all_of_it_counts(void **state)
{
    struct attest_sigv4_request requests[5];
    char last[64] = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf3";
    struct attest_sigv4_keys keys = keys_of("");

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++)
        requests[i] = vanilla();
    requests[0].region = "us-east-2";
    requests[1].service = "service2";
    requests[2].time += 86400;
    requests[3].body = attest_view_text("x");
    keys.secret = attest_view_text(SECRET);
    for (size_t i = 0; i < COUNT(requests); i++) {
        _cleanup_(attest_sigv4_done) struct attest_sigv4 signature = { 0 };
        if (i == 4)
            keys.secret = attest_view_text("another");
        assert_ok(attest_sigv4_sign(&requests[i], &keys, &signature, NULL));
        assert_null(memmem(signature.authorization.data, signature.authorization.size, last, strlen(last)));
        memcpy(last, signature.authorization.data + signature.authorization.size - 64, 63);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_added_headers),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_refused_headers),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_all_of_it_counts),
    };
    return cmocka_run_group_tests_name("sigv4", tests, NULL, NULL);
}
