/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KMS asked as attestd-unlock does it, as a program for tests/integration/kms_client.py.
 *
 *     kms_check ENDPOINT CA-FILE IMDS
 *
 * Makes a recipient's key and writes its public half as a line of base64. Then each line of standard input is a
 * request: {"operation", "key_id", "sealed", "context", "document", "dry_run"}, and becomes a line of JSON
 * about how it ended and, in hexadecimal, what was in the envelope.
 */
#include "attest/document.h"
#include "aws/cms.h"
#include "aws/kms.h"
#include "aws/kms_fault.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "evidence/document.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_SIZE ((size_t)128 << 10)
#define CONTEXTS_MAX  8

struct asked {
    char operation[32], key_id[256];
    struct attest_bytes sealed, document;
    char texts[2 * CONTEXTS_MAX][256];
    struct attest_aws_pair context[CONTEXTS_MAX];
    size_t contexts;
    bool dry_run;
};

struct told {
    enum attest_error error;
    struct attest_aws_outcome outcome;
    struct attest_diag diag;
    struct attest_bytes ciphertext, envelope, presented;
    struct attest_secret *plaintext;
};

static uint64_t now_ms(void *context)
{
    struct timespec now;

    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void sleep_ms(void *context, uint64_t ms)
{
    (void)context;
    nanosleep(&(struct timespec){ .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 },
              NULL);
}

static const struct attest_aws_clock wall = { .now_ms = now_ms, .sleep_ms = sleep_ms };

static void demand_ok(enum attest_error error, const struct attest_diag *diag)
{
    if (error != ATTEST_OK)
        errx(2, "%s: %s, found %s", attest_error_name(error), diag->expected, diag->found);
}

static void copy_text(const struct attest_json *value, char *ret_text, size_t size)
{
    struct attest_view text = { 0 };

    if (attest_json_text(value, &text))
        snprintf(ret_text, size, "%.*s", (int)text.size, (const char *)text.data);
}

static struct attest_bytes copy_data(const struct attest_json *value)
{
    struct attest_bytes data = attest_bytes_init(0);
    struct attest_view text;
    struct attest_diag diag = { 0 };

    if (attest_json_text(value, &text))
        demand_ok(attest_decode_base64(text, LINE_MAX_SIZE, &data, &diag), &diag);
    return data;
}

static enum attest_error take_pair(const char *name, const struct attest_json *value, void *context,
                                   struct attest_diag *diag)
{
    struct asked *asked = context;
    char *texts = asked->texts[2 * asked->contexts], *second = asked->texts[2 * asked->contexts + 1];

    (void)diag;
    snprintf(texts, sizeof asked->texts[0], "%s", name);
    copy_text(value, second, sizeof asked->texts[0]);
    asked->context[asked->contexts++] = (struct attest_aws_pair){ texts, second };
    return asked->contexts < CONTEXTS_MAX ? ATTEST_OK : ATTEST_TOO_LARGE;
}

static void read_asked(struct attest_view line, struct asked *ret_asked)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct attest_diag diag = { 0 };

    demand_ok(attest_json_parse(line, LINE_MAX_SIZE, &root, &diag), &diag);
    *ret_asked = (struct asked){ 0 };
    copy_text(attest_json_member(root, "operation"), ret_asked->operation, sizeof ret_asked->operation);
    copy_text(attest_json_member(root, "key_id"), ret_asked->key_id, sizeof ret_asked->key_id);
    ret_asked->sealed = copy_data(attest_json_member(root, "sealed"));
    ret_asked->document = copy_data(attest_json_member(root, "document"));
    attest_json_boolean(attest_json_member(root, "dry_run"), &ret_asked->dry_run);
    if (attest_json_member(root, "context"))
        demand_ok(attest_json_each(attest_json_member(root, "context"), take_pair, ret_asked, &diag), &diag);
}

static enum attest_error ask(struct attest_aws_call *calls, const struct asked *asked, struct told *told)
{
    const struct attest_kms_decrypt decrypt = {
        asked->key_id,   attest_bytes_view(&asked->sealed),   asked->context,
        asked->contexts, attest_bytes_view(&asked->document), asked->dry_run
    };
    const struct attest_kms_data_key data_key = {
        asked->key_id, "AES_256", asked->context, asked->contexts, attest_bytes_view(&asked->document),
        asked->dry_run
    };

    if (strcmp(asked->operation, "Decrypt") == 0)
        return attest_kms_decrypt(calls, &decrypt, &told->envelope, &told->outcome, &told->diag);
    return attest_kms_generate_data_key(calls, &data_key, &told->ciphertext, &told->envelope, &told->outcome,
                                        &told->diag);
}

static void explain(const struct asked *asked, struct told *told)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;

    told->presented = attest_bytes_init(16384);
    if (attest_document_parse(attest_bytes_view(&asked->document), &document, NULL) == ATTEST_OK)
        demand_ok(attest_kms_fault_presented(document, &told->presented), &told->diag);
}

static void print(const struct told *told)
{
    _cleanup_(attest_bytes_done) struct attest_bytes line = attest_bytes_init(LINE_MAX_SIZE);
    const struct attest_kms_fault *fault = attest_kms_fault_find(told->outcome.type);
    struct attest_json_writer json = { .out = &line };
    struct attest_view plaintext = { 0 };

    if (told->plaintext)
        plaintext =
            (struct attest_view){ attest_secret_data(told->plaintext), attest_secret_size(told->plaintext) };
    attest_json_open(&json, NULL, '{');
    attest_json_write_text(&json, "error", attest_error_name(told->error));
    attest_json_write_text(&json, "type", told->outcome.type);
    attest_json_write_text(&json, "message", told->outcome.message);
    attest_json_write_text(&json, "request_id", told->outcome.request_id);
    attest_json_write_unsigned(&json, "status", told->outcome.status);
    attest_json_write_text(&json, "expected", told->diag.expected);
    attest_json_write_text(&json, "found", told->diag.found);
    attest_json_write_text(&json, "fault", fault->type);
    attest_json_write_text_view(&json, "presented", attest_bytes_view(&told->presented));
    attest_json_write_base64(&json, "sealed", attest_bytes_view(&told->ciphertext));
    attest_json_write_hex(&json, "plaintext", plaintext);
    attest_json_close(&json, '}');
    printf("%.*s\n", (int)line.size, (const char *)line.data);
    fflush(stdout);
}

static void answer(struct attest_aws_call *calls, const struct attest_recipient *key, struct attest_view line)
{
    struct asked asked;
    struct told told = { 0 };

    read_asked(line, &asked);
    told.error = ask(calls, &asked, &told);
    if (told.error != ATTEST_OK)
        explain(&asked, &told);
    else if (!asked.dry_run)
        told.error = attest_cms_open(attest_bytes_view(&told.envelope), key, &told.plaintext, &told.diag);
    print(&told);
    attest_secret_free(told.plaintext);
    attest_bytes_done(&told.ciphertext);
    attest_bytes_done(&told.envelope);
    attest_bytes_done(&told.presented);
    attest_bytes_done(&asked.sealed);
    attest_bytes_done(&asked.document);
}

static void print_spki(const struct attest_recipient *key)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(4096);

    attest_encode_base64(&text, attest_recipient_spki(key));
    printf("%.*s\n", (int)text.size, (const char *)text.data);
    fflush(stdout);
}

int main(int count, char **arguments)
{
    _cleanup_(attest_credentials_source_cleanup) struct attest_credentials_source *source = NULL;
    _cleanup_(attest_aws_call_cleanup) struct attest_aws_call *calls = NULL;
    _cleanup_(attest_recipient_cleanup) struct attest_recipient *key = NULL;
    static char line[LINE_MAX_SIZE];
    struct attest_diag diag = { 0 };

    if (count != 4)
        errx(2, "usage: kms_check ENDPOINT CA-FILE IMDS");
    const struct attest_credentials_options from = { .imds_url = arguments[3] };
    demand_ok(attest_credentials_source_new(&from, &wall, &source, &diag), &diag);
    const struct attest_aws_options options = { .service = "kms",
                                                .region = "eu-west-1",
                                                .endpoint = { .url = arguments[1] },
                                                .ca_file = arguments[2],
                                                .credentials = source,
                                                .clock = wall };
    demand_ok(attest_aws_call_new(&options, &calls, &diag), &diag);
    demand_ok(attest_recipient_new(&key, &diag), &diag);
    print_spki(key);
    while (fgets(line, sizeof line, stdin))
        answer(calls, key, attest_view_text(line));
    return 0;
}
