/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who still needs this request? libmicrohttpd's connection and, while they work, the TPM thread or the log
 * thread; the last one frees it.
 */
#include "daemon/request.h"

#include "base/cleanup.h"
#include "daemon/endorsement.h"
#include "daemon/eventlog_stream.h"

#define BODY_MAX  ((size_t)16 << 10)
#define PIECE_MAX ((size_t)1 << 20)

_Atomic size_t request_reserved;

static struct request *request_of(struct job *job)
{
    return (struct request *)job;
}

static void ref(struct job *job)
{
    request_of(job)->references++;
}

static void unref(struct job *job)
{
    request_unref(request_of(job));
}

struct request *request_new(struct daemon_state *daemon, enum door door)
{
    struct request *request = calloc(1, sizeof *request);

    if (!request)
        return NULL;
    request->references = 1;
    request->daemon = daemon;
    request->door = door;
    request->config = config_ref(daemon->config);
    request->body = attest_bytes_init(BODY_MAX);
    request->answer = attest_bytes_init(ANSWER_MAX);
    request->piece = attest_bytes_init(PIECE_MAX);
    request->job.ref = ref;
    request->job.unref = unref;
    request->job.urgent = door == DOOR_UNLOCK;
    return request;
}

void request_unref(struct request *request)
{
    if (!request || --request->references > 0)
        return;
    config_unref(request->config);
    attest_bytes_done(&request->body);
    params_done(&request->params);
    tpm_identity_unref(request->identity);
    attest_tpm_quote_done(&request->quote);
    endorsement_unref(request->endorsement);
    attest_tpmkey_done(&request->ek);
    attest_bytes_done(&request->bytes);
    free(request->values);
    eventlog_stream_close(request->stream);
    attest_bytes_done(&request->piece);
    for (size_t i = 0; i < ATTEST_LOG_COUNT; i++)
        attest_bytes_done(&request->logs[i]);
    request_reserved -= request->reserved;
    attest_bytes_done(&request->answer);
    free(request);
}

void request_identify(struct request *request, const struct tpm_session *session)
{
    tpm_identity_unref(request->identity);
    request->identity = tpm_identity_ref(session->identity);
}
