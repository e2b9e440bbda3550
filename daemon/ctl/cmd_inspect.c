/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does the header of a sealed message say? Without its data key, so that nothing of it is authenticated:
 * which key it wants is to be compared with what one expects.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/utf8.h"
#include "codec/json_writer.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/sealed.h"

#include <string.h>

#define JSON_MAX ((size_t)4 << 20)

static bool is_kms(const struct attest_message_key *key)
{
    return attest_view_equal(key->provider, attest_view_text(ATTEST_MESSAGE_PROVIDER_KMS));
}

static void write_context(struct attest_json_writer *json, const struct attest_message *message)
{
    struct attest_reader cursor = attest_reader_init(message->context);
    struct attest_message_pair pair;

    attest_json_open(json, "encryption_context", '{'); /* no name is there twice */
    while (attest_message_next_pair(&cursor, &pair))
        attest_json_write_member(json, pair.name, pair.value);
    attest_json_close(json, '}');
}

static void write_keys(struct attest_json_writer *json, const struct attest_message *message)
{
    struct attest_reader cursor = attest_reader_init(message->data_keys);
    struct attest_message_key key;

    attest_json_open(json, "encrypted_data_keys", '[');
    while (attest_message_next_key(&cursor, &key)) {
        attest_json_open(json, NULL, '{');
        attest_json_write_text_view(json, "provider", key.provider);
        if (is_kms(&key) && attest_utf8_is_valid(key.info))
            attest_json_write_text_view(json, "key_id", key.info);
        attest_json_write_base64(json, "info", key.info);
        attest_json_write_base64(json, "ciphertext", key.ciphertext);
        attest_json_close(json, '}');
    }
    attest_json_close(json, ']');
}

static enum attest_error print_json(const struct ctl_sealed *sealed)
{
    _cleanup_(attest_bytes_done) struct attest_bytes text = attest_bytes_init(JSON_MAX);
    struct attest_json_writer json = { .out = &text };
    const struct attest_message *message = &sealed->message;

    attest_json_open(&json, NULL, '{');
    attest_json_write_unsigned(&json, "version", message->suite->version);
    attest_json_write_format(&json, "suite", "%04x", message->suite->id);
    attest_json_write_boolean(&json, "committing", message->suite->is_committing);
    attest_json_write_boolean(&json, "signed", attest_suite_is_signed(message->suite));
    attest_json_write_hex(&json, "message_id", message->message_id);
    write_context(&json, message);
    write_keys(&json, message);
    attest_json_write_boolean(&json, "framed", message->is_framed);
    attest_json_write_unsigned(&json, "frame_length", message->frame_length);
    attest_json_write_unsigned(&json, "header_size", message->header.size);
    if (sealed->file.size > 0)
        attest_json_write_unsigned(&json, "size", sealed->file.size);
    else
        attest_json_write_null(&json, "size");
    attest_json_close(&json, '}');
    attest_try(attest_bytes_check(&text));
    ctl_output_json(attest_bytes_view(&text));
    return ATTEST_OK;
}

static void print_suite(const struct attest_suite *suite)
{
    ctl_output_label(stdout, "suite");
    printf("%04x (message version %d): AES-%d-GCM", suite->id, suite->version, 8 * suite->key_size);
    if (suite->kdf != ATTEST_HASH_NONE)
        printf(", HKDF with %s", attest_hash_name(suite->kdf));
    if (attest_suite_is_signed(suite))
        printf(", ECDSA with %s", attest_hash_name(suite->signature_hash));
    putchar('\n');
    ctl_output_field(stdout, "committing", attest_view_text(suite->is_committing ? "yes" : "no"));
    ctl_output_field(stdout, "signed", attest_view_text(attest_suite_is_signed(suite) ? "yes" : "no"));
}

static void print_context(const struct attest_message *message)
{
    struct attest_reader cursor = attest_reader_init(message->context);
    struct attest_message_pair pair;

    if (message->pairs == 0)
        ctl_output_field(stdout, "encryption context", attest_view_text("none"));
    for (const char *label = "encryption context"; attest_message_next_pair(&cursor, &pair); label = "") {
        ctl_output_label(stdout, label);
        ctl_output_text(stdout, pair.name, false);
        fputs(" = ", stdout);
        ctl_output_text(stdout, pair.value, false);
        putchar('\n');
    }
}

static void print_keys(const struct attest_message *message)
{
    struct attest_reader cursor = attest_reader_init(message->data_keys);
    struct attest_message_key key;

    for (const char *label = "data key"; attest_message_next_key(&cursor, &key); label = "or") {
        ctl_output_label(stdout, label);
        ctl_output_text(stdout, key.provider, false);
        putchar(' ');
        if (is_kms(&key))
            ctl_output_text(stdout, key.info, false);
        else
            printf("(%zu bytes of its own)", key.info.size);
        printf(", %zu bytes encrypted\n", key.ciphertext.size);
    }
}

static void print_text(const struct ctl_sealed *sealed)
{
    const struct attest_message *message = &sealed->message;

    print_suite(message->suite);
    ctl_output_field_hex(stdout, "message id", message->message_id);
    print_context(message);
    print_keys(message);
    ctl_output_label(stdout, "frames");
    if (message->is_framed)
        printf("of %u bytes\n", message->frame_length);
    else
        puts("none, one body");
    ctl_output_label(stdout, "size");
    printf("%zu bytes of header", message->header.size);
    if (sealed->file.size > 0)
        printf(", %llu in all", (unsigned long long)sealed->file.size);
    puts("\nNothing of this is authenticated: only who has the data key can tell.");
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(ctl_sealed_cleanup) struct ctl_sealed sealed = CTL_SEALED_INIT;

    attest_try(ctl_sealed_open(call, &sealed));
    if (call->value[CTL_JSON])
        return print_json(&sealed);
    print_text(&sealed);
    return ATTEST_OK;
}

static const struct ctl_option options[] = { { 0 } };

const struct ctl_command ctl_command_inspect = {
    .name = "inspect",
    .operand = "FILE",
    .summary = "what the header of a sealed message says",
    .about = "Shows which suite, encryption context, data keys and frames the AWS Encryption SDK message in "
             "FILE has. Nothing is decrypted, and nothing authenticated. A file called - is standard input.",
    .options = options,
    .run = run,
};
