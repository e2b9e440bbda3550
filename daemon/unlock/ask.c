/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this what AWS says of this machine, now, to us? attestd is asked and not believed: the document's
 * signature leads to AWS's root, the nonce is of this moment, the key is ours byte for byte. The clock is not
 * needed for that: a document that carries a nonce of this moment was made in this moment, so its own time is
 * the right one.
 */
#include "daemon/unlock/ask.h"

#include "aws/kms_fault.h"
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "daemon/unlock/attestd.h"
#include "daemon/unlock/clock.h"
#include "evidence/document.h"
#include "evidence/trust.h"
#include "evidence/unlockevent.h"
#include "evidence/verdict.h"

#include <pthread.h>
#include <string.h>

#define NONCE_SIZE   ((size_t)32)
#define DOCUMENT_MAX ((size_t)16 << 10)
#define ROOT_MAX     ((size_t)64 << 10)
#define LIFETIME_MS  120000
#define MODULE_MAX   ((size_t)128)

struct ask {
    const char *address;
    uint64_t deadline;
    struct attest_view public_key;
    struct attest_trust *trust;
    char root[65];

    pthread_mutex_t mutex;            /* guards all below, and the trust */
    struct attest_document *document; /* the last one, NULL before the first */
    struct attest_bytes wire;
    struct attest_bytes module; /* that all have to be of */
    uint64_t made;              /* steady time before it was asked for */
    int64_t offset;
};

static enum attest_error read_root(struct ask *ask, const char *path, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(0);

    if (!path)
        return attest_trust_add_aws(ask->trust);
    attest_try(attest_file_read(path, ROOT_MAX, &pem, diag));
    return attest_trust_add_root(ask->trust, attest_bytes_view(&pem), diag);
}

enum attest_error ask_new(const struct config *config, struct attest_view public_key, uint64_t deadline,
                          struct ask **ret_ask, struct attest_diag *diag)
{
    _cleanup_(ask_cleanup) struct ask *ask = calloc(1, sizeof *ask);

    if (!ask || pthread_mutex_init(&ask->mutex, NULL) != 0)
        return ATTEST_MEMORY;
    ask->address = config->unlock.attestd;
    ask->public_key = public_key;
    ask->deadline = deadline;
    ask->wire = attest_bytes_init(DOCUMENT_MAX);
    ask->module = attest_bytes_init(MODULE_MAX);
    ask->trust = attest_trust_new();
    if (!ask->trust)
        return ATTEST_MEMORY;
    attest_try(read_root(ask, config->aws.attestation_root, diag));
    *ret_ask = attest_steal(ask);
    return ATTEST_OK;
}

void ask_free(struct ask *ask)
{
    if (!ask)
        return;
    attest_document_free(ask->document);
    attest_trust_free(ask->trust);
    attest_bytes_done(&ask->wire);
    attest_bytes_done(&ask->module);
    pthread_mutex_destroy(&ask->mutex);
    free(ask);
}

void ask_cleanup(struct ask **ask)
{
    ask_free(*ask);
}

const char *ask_root(const struct ask *ask)
{
    return ask->root;
}

/* The first check that does not hold, in words. */
static enum attest_error refuse(const struct attest_verdict *verdict, struct attest_diag *diag)
{
    for (size_t i = 0; i < attest_verdict_count(verdict); i++) {
        struct attest_check check = attest_verdict_check(verdict, i);
        if (!check.ok)
            return attest_fail(diag, ATTEST_REFUSED, check.detail, "attestd's document to hold: %s",
                               check.name);
    }
    return attest_fail(diag, ATTEST_REFUSED, NULL, "attestd's document to hold");
}

static enum attest_error verify(struct ask *ask, const struct attest_document *document,
                                struct attest_view nonce, struct attest_diag *diag)
{
    _cleanup_(attest_verdict_cleanup) struct attest_verdict *verdict = attest_verdict_new();
    const struct attest_document_claims claims = attest_document_claims(document);
    const struct attest_document_demands demands = {
        .at = claims.timestamp,
        .nonce = nonce,
        .public_key = ask->public_key,
    };

    if (!verdict)
        return ATTEST_MEMORY;
    enum attest_error error = attest_document_verify(document, ask->trust, &demands, verdict);
    if (error == ATTEST_REFUSED)
        return refuse(verdict, diag);
    attest_try(error);
    if (claims.kind != ATTEST_DOCUMENT_NITROTPM)
        return attest_fail(diag, ATTEST_REFUSED, attest_document_kind_name(claims.kind),
                           "a document of a NitroTPM");
    if (ask->module.size > 0 && !attest_view_equal(claims.module_id, attest_bytes_view(&ask->module)))
        return attest_fail(diag, ATTEST_REFUSED, "another module", "documents of one and the same module");
    return ATTEST_OK;
}

static enum attest_error append_hex(struct attest_bytes *out, struct attest_view data)
{
    attest_encode_hex(out, data);
    attest_bytes_append_u8(out, '\0');
    return attest_bytes_check(out);
}

static enum attest_error fetch(struct ask *ask, struct attest_view nonce, struct attest_bytes *ret_wire,
                               struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes hex = attest_bytes_init(2 * NONCE_SIZE + 1);
    _cleanup_(attest_bytes_done) struct attest_bytes key = attest_bytes_init(DOCUMENT_MAX);

    attest_try(append_hex(&hex, nonce));
    attest_encode_base64(&key, ask->public_key);
    attest_bytes_append_u8(&key, '\0');
    attest_try(attest_bytes_check(&key));
    const struct attestd_parameter parameters[] = { { "nonce", .text = (const char *)hex.data },
                                                    { "public_key", .text = (const char *)key.data },
                                                    { "format", .text = "cose" },
                                                    { 0 } };
    return attestd_ask(ask->address, ask->deadline, "/v1/document", parameters, "application/cose",
                       DOCUMENT_MAX, ret_wire, diag);
}

static void write_root(struct ask *ask, const struct attest_document_claims *claims)
{
    _cleanup_(attest_bytes_done) struct attest_bytes hex = attest_bytes_init(sizeof ask->root);

    if (claims->root_is_aws)
        attest_bytes_append_text(&hex, "aws");
    else
        attest_encode_hex(&hex, claims->root);
    if (hex.size < sizeof ask->root)
        memcpy(ask->root, hex.data, hex.size);
}

/* With the mutex held. */
static enum attest_error renew(struct ask *ask, struct attest_diag *diag)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes wire = attest_bytes_init(0);
    uint8_t random[NONCE_SIZE];
    const struct attest_view nonce = attest_view_of(random);

    attest_try(attest_random_fill(random, sizeof random, diag));
    uint64_t made = attest_aws_clock_steady(&unlock_clock);
    attest_try(fetch(ask, nonce, &wire, diag));
    uint64_t now = attest_aws_clock_now(&unlock_clock);
    enum attest_error error = attest_document_parse(attest_bytes_view(&wire), &document, diag);
    if (error != ATTEST_OK)
        return attest_fail_within(diag, error, "attestd's document");
    attest_try(verify(ask, document, nonce, diag));
    const struct attest_document_claims claims = attest_document_claims(document);
    if (ask->module.size == 0)
        attest_bytes_append(&ask->module, claims.module_id);
    attest_try(attest_bytes_check(&ask->module));
    write_root(ask, &claims);
    ask->made = made;
    ask->offset = (int64_t)(claims.timestamp - now);
    attest_document_free(ask->document);
    ask->document = attest_steal(document);
    attest_bytes_done(&ask->wire);
    ask->wire = attest_bytes_take(&wire);
    return ATTEST_OK;
}

static enum attest_error copy_wire(const struct ask *ask, struct attest_bytes *ret_wire)
{
    _cleanup_(attest_bytes_done) struct attest_bytes copy = attest_bytes_init(DOCUMENT_MAX);

    attest_bytes_append(&copy, attest_bytes_view(&ask->wire));
    attest_try(attest_bytes_check(&copy));
    *ret_wire = attest_bytes_take(&copy);
    return ATTEST_OK;
}

enum attest_error ask_document(struct ask *ask, bool fresh, struct attest_bytes *ret_wire,
                               struct attest_diag *diag)
{
    enum attest_error error = ATTEST_OK;

    pthread_mutex_lock(&ask->mutex);
    if (fresh || !ask->document || attest_aws_clock_steady(&unlock_clock) - ask->made > LIFETIME_MS)
        error = renew(ask, diag);
    if (error == ATTEST_OK)
        error = copy_wire(ask, ret_wire);
    pthread_mutex_unlock(&ask->mutex);
    return error;
}

enum attest_error ask_pcr(struct ask *ask, unsigned pcr, uint8_t ret_value[ASK_DIGEST_SIZE],
                          struct attest_diag *diag)
{
    pthread_mutex_lock(&ask->mutex);
    struct attest_view value =
        ask->document ? attest_document_pcr(ask->document, pcr) : (struct attest_view){ 0 };
    if (value.size == ASK_DIGEST_SIZE)
        memcpy(ret_value, value.data, ASK_DIGEST_SIZE);
    pthread_mutex_unlock(&ask->mutex);
    if (value.size != ASK_DIGEST_SIZE)
        return attest_fail(diag, ATTEST_REFUSED, "none", "PCR %u in attestd's document", pcr);
    return ATTEST_OK;
}

int64_t ask_offset(struct ask *ask)
{
    pthread_mutex_lock(&ask->mutex);
    int64_t offset = ask->offset;
    pthread_mutex_unlock(&ask->mutex);
    return offset;
}

enum attest_error ask_describe(struct ask *ask, struct attest_bytes *out)
{
    pthread_mutex_lock(&ask->mutex);
    enum attest_error error = ask->document ? attest_kms_fault_presented(ask->document, out) : ATTEST_NOT_FOUND;
    pthread_mutex_unlock(&ask->mutex);
    return error;
}

static enum attest_error make_event(const struct ask_extend *extend, struct attest_bytes *ret_event)
{
    if (extend->digest.size > 0)
        return attest_unlockevent_write(attest_view_text(extend->name ?: ""), extend->digest, ret_event);
    *ret_event = attest_bytes_init(ATTEST_UNLOCKEVENT_MAX);
    attest_bytes_append(ret_event, attest_unlockevent_cap());
    return attest_bytes_check(ret_event);
}

enum attest_error ask_predict(const struct ask_extend *extend, uint8_t ret_after[ASK_DIGEST_SIZE])
{
    _cleanup_(attest_bytes_done) struct attest_bytes event = attest_bytes_init(0);
    uint8_t digest[ATTEST_HASH_MAX_SIZE], after[ATTEST_HASH_MAX_SIZE];
    const struct attest_view parts[] = { { extend->before, ASK_DIGEST_SIZE }, { digest, ASK_DIGEST_SIZE } };

    attest_try(make_event(extend, &event));
    const struct attest_view view = attest_bytes_view(&event);
    attest_try(attest_hash_digest(ATTEST_HASH_SHA384, &view, 1, digest));
    attest_try(attest_hash_digest(ATTEST_HASH_SHA384, parts, 2, after));
    memcpy(ret_after, after, ASK_DIGEST_SIZE);
    return ATTEST_OK;
}

enum attest_error ask_extend(struct ask *ask, const struct ask_extend *extend,
                             uint8_t ret_after[ASK_DIGEST_SIZE], struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes before = attest_bytes_init(2 * ASK_DIGEST_SIZE + 1);
    _cleanup_(attest_bytes_done) struct attest_bytes digest = attest_bytes_init(2 * ASK_DIGEST_SIZE + 1);
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(0);
    bool is_cap = extend->digest.size == 0;

    attest_try(append_hex(&before, (struct attest_view){ extend->before, ASK_DIGEST_SIZE }));
    attest_try(append_hex(&digest, extend->digest));
    const struct attestd_parameter parameters[] = {
        { "pcr", .number = extend->pcr },
        { "before", .text = (const char *)before.data },
        { is_cap ? NULL : "digest", .text = (const char *)digest.data }, /* NULL ends them */
        { extend->name ? "secret" : NULL, .text = extend->name },
        { 0 },
    };
    attest_try(attestd_ask(ask->address, ask->deadline, is_cap ? "/v1/unlock/cap" : "/v1/unlock/measure",
                           parameters, "application/json", DOCUMENT_MAX, &answer, diag));
    return ask_predict(extend, ret_after);
}
