/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in that bucket under that key? Trusts S3 for nothing but that it answers: the object is sealed, and
 * judged by who opens it. The path begins with the bucket, so that host and certificate are the endpoint's own,
 * whatever dots a bucket's name has. S3 API Reference, GetObject.
 */
#include "aws/s3.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/utf8.h"

#include <string.h>

#define BUCKET_MIN 3
#define BUCKET_MAX 63

/* S3 User Guide, "General purpose bucket naming rules", as far as they matter to a path. */
static bool is_bucket(const char *name)
{
    size_t length = strlen(name);

    return length >= BUCKET_MIN && length <= BUCKET_MAX && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == length && !strstr(name, "..");
}

/* Some servers on the way take "." and ".." out of a path. */
static bool has_dots(const char *key)
{
    for (const char *segment = key; segment; segment = strchr(segment, '/')) {
        segment += segment != key;
        size_t length = strcspn(segment, "/");
        if ((length == 1 || length == 2) && strspn(segment, ".") >= length)
            return true;
    }
    return false;
}

static bool is_key(const char *key)
{
    struct attest_view text = attest_view_text(key);

    return text.size > 0 && text.size <= ATTEST_S3_KEY_MAX && attest_utf8_is_valid(text) && !has_dots(key);
}

enum attest_error attest_s3_get(struct attest_aws_call *call, const char *bucket, const char *key,
                                size_t maximum, struct attest_bytes *ret_object,
                                struct attest_aws_outcome *ret_outcome, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes path =
        attest_bytes_init(BUCKET_MAX + ATTEST_S3_KEY_MAX + 2);

    *ret_outcome = (struct attest_aws_outcome){ 0 };
    if (!is_bucket(bucket))
        return attest_fail(diag, ATTEST_USAGE, bucket, "the name of a bucket");
    if (!is_key(key))
        return attest_fail(diag, ATTEST_USAGE, key,
                           "an object's key of at most %d bytes, without \".\" segments", ATTEST_S3_KEY_MAX);
    attest_bytes_append_u8(&path, '/');
    attest_bytes_append_text(&path, bucket);
    attest_bytes_append_u8(&path, '/');
    attest_bytes_append_text(&path, key);
    attest_try(attest_bytes_check(&path));
    const struct attest_aws_request request = { .path = attest_bytes_view(&path), .maximum = maximum };
    return attest_aws_call_send(call, &request, ret_object, ret_outcome, diag);
}
