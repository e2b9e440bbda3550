/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does AWS say about this machine? The document must carry what was asked for; --verify holds it against
 * AWS's root, or those of --root.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/key.h"
#include "daemon/ctl/ask_document.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report_document.h"
#include "evidence/document.h"
#include "evidence/trust.h"

#include <string.h>
#include <time.h>

#define CONTENT_MAX ((size_t)4096) /* more than attestd takes, which says so */

/* What the wish points into. */
struct inputs {
    struct attest_bytes nonce, user_data, public_key;
};

static void inputs_done(struct inputs *inputs)
{
    attest_bytes_done(&inputs->nonce);
    attest_bytes_done(&inputs->user_data);
    attest_bytes_done(&inputs->public_key);
}

static bool is_bare(const struct ctl_call *call)
{
    return call->value[CTL_FORMAT] && strcmp(call->value[CTL_FORMAT], "cose") == 0;
}

static enum attest_error check_call(struct ctl_call *call)
{
    const char *format = call->value[CTL_FORMAT];

    if (format && strcmp(format, "json") != 0 && strcmp(format, "cose") != 0)
        return attest_fail(&call->diag, ATTEST_USAGE, format, "json or cose after --format");
    if (format && !call->value[CTL_OUT])
        return attest_fail(&call->diag, ATTEST_USAGE, NULL, "-o FILE with --format");
    if (call->value[CTL_ROOT] && !call->value[CTL_VERIFY])
        return attest_fail(&call->diag, ATTEST_USAGE, NULL, "--verify with --root");
    if (call->value[CTL_VERIFY] && !call->value[CTL_NONCE])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--nonce HEX or --nonce random with --verify");
    return ctl_output_check(call);
}

static enum attest_error read_file(struct ctl_call *call, enum ctl_option_id id, struct attest_bytes *content,
                                   struct attest_view *ret_view)
{
    if (!call->value[id])
        return ATTEST_OK;
    attest_try(ctl_input_file(call, call->value[id], CONTENT_MAX, content));
    if (content->size == 0)
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "bytes to put into the document");
    call->subject = NULL;
    *ret_view = attest_bytes_view(content);
    return ATTEST_OK;
}

static bool is_pem(struct attest_view content)
{
    static const char begin[] = "-----BEGIN";

    return content.size >= sizeof begin - 1 && memcmp(content.data, begin, sizeof begin - 1) == 0;
}

/* PEM is for people: the document carries the DER in it. */
static enum attest_error read_public_key(struct ctl_call *call, struct attest_bytes *content,
                                         struct attest_view *ret_view)
{
    struct attest_bytes der = attest_bytes_init(0);
    struct attest_diag diag = { 0 };

    attest_try(read_file(call, CTL_PUBLIC_KEY, content, ret_view));
    if (!is_pem(*ret_view))
        return ATTEST_OK;
    if (attest_key_decode_pem(*ret_view, CONTENT_MAX, &der, &diag) != ATTEST_OK)
        return attest_fail(&call->diag, ATTEST_USAGE, diag.found, "%s", diag.expected);
    attest_bytes_done(content);
    *content = der;
    *ret_view = attest_bytes_view(content);
    return ATTEST_OK;
}

static enum attest_error read_wish(struct ctl_call *call, struct inputs *inputs, struct ctl_document_wish *wish)
{
    if (call->value[CTL_NONCE]) {
        attest_try(ctl_input_nonce_or_random(call, &inputs->nonce));
        if (inputs->nonce.size == 0)
            return attest_fail(&call->diag, ATTEST_USAGE, "none", "hexadecimal digits after --nonce");
        wish->nonce = attest_bytes_view(&inputs->nonce);
    }
    attest_try(read_file(call, CTL_USER_DATA, &inputs->user_data, &wish->user_data));
    return read_public_key(call, &inputs->public_key, &wish->public_key);
}

static enum attest_error verify(struct ctl_call *call, const struct ctl_document_wish *wish,
                                const struct ctl_document_answer *answer)
{
    _cleanup_(attest_trust_cleanup) struct attest_trust *trust = attest_trust_new();
    struct timespec now;

    if (!trust)
        return ATTEST_MEMORY;
    attest_try(ctl_input_roots(call, trust));
    clock_gettime(CLOCK_REALTIME, &now);
    const struct attest_document_demands demands = {
        .at = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000,
        .live = true,
        .nonce = wish->nonce,
        .user_data = wish->user_data,
        .public_key = wish->public_key,
    };
    return ctl_report_document(call, answer->document, trust, &demands,
                               ctl_output_is_taken(call) ? stderr : stdout);
}

/* Where nothing else goes to standard output. */
static void print(const struct ctl_call *call, const struct ctl_document_answer *answer)
{
    if (call->value[CTL_JSON]) {
        ctl_output_json(attest_bytes_view(&answer->json));
        return;
    }
    FILE *out = ctl_output_is_taken(call) ? stderr : stdout;
    ctl_report_document_claims(answer->document, out);
    fputs("\nNot verified: see --verify, and attestctl verify document.\n", out);
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(inputs_done) struct inputs inputs = { 0 };
    _cleanup_(ctl_document_answer_done) struct ctl_document_answer answer = { 0 };
    struct ctl_document_wish wish = { 0 };

    attest_try(check_call(call));
    attest_try(read_wish(call, &inputs, &wish));
    attest_try(ctl_ask_document(call, &wish, &answer));
    if (call->value[CTL_VERIFY])
        attest_try(verify(call, &wish, &answer));
    if (call->value[CTL_OUT])
        attest_try(attest_file_write(
            call->value[CTL_OUT], attest_bytes_view(is_bare(call) ? &answer.bare : &answer.json), &call->diag));
    if (!call->value[CTL_VERIFY])
        print(call, &answer);
    return ATTEST_OK;
}

static const struct ctl_option options[] = {
    { CTL_NONCE, "HEX|random",
      "the nonce that the document has to carry; random makes one of 32 bytes, which is shown and checked" },
    { CTL_USER_DATA, "FILE", "bytes that the document has to carry as user_data" },
    { CTL_PUBLIC_KEY, "FILE",
      "a public key, DER or PEM, that it has to carry as public_key: through the unlock door only, which is "
      "then where attestd is asked if no --url says otherwise" },
    { CTL_OUT, "FILE", "write the document to FILE; - is standard output, and then all that is there" },
    { CTL_FORMAT, "json|cose", "with -o: as attestd gives it (the default), or the bare COSE_Sign1 bytes" },
    { CTL_VERIFY, NULL, "verify the document at once, and write it only if it holds" },
    { CTL_ROOT, "PEM", "with --verify: trust this root instead of AWS's, which is built in; may be repeated" },
    { 0 },
};

const struct ctl_command ctl_command_document = {
    .name = "document",
    .summary = "an attestation document of AWS's about this machine",
    .about = "Asks for an attestation document: a statement about this machine and its PCRs that AWS signs, on "
             "instances with a NitroTPM. That it carries what was asked for is checked; with --verify "
             "also that AWS signed it.",
    .options = options,
    .run = run,
};
