/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does AWS say about this machine? Through the vendor command of a NitroTPM, as AWS's public tool (aws
 * NitroTPM-Tools) uses it: the request is written into an NV index, the command has the NSM answer there, the
 * answer is read. Trusts the document for nothing: whoever asked verifies it.
 */
#include "tpm/nitrotpm.h"

#include "codec/cose.h"
#include "tpm/call.h"
#include "tpm/vendor.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define VENDOR_STRINGS   "NitroTPM" /* "Nitr", "oTPM" */
#define COMMAND          "TPM2_VENDOR_AWS_NSM_REQUEST"
#define DEVICE           "device:/dev/tpm0"

#define OPEN_TRIES       8
#define OPEN_PAUSE_FIRST 20 /* milliseconds */
#define OPEN_PAUSE_MAX   200

/* Linux's resource manager, and tpm2-abrmd, pass only commands that TPM_CAP_COMMANDS lists. */
static bool is_managed(const char *tcti)
{
    return strstr(tcti, "tpmrm") || strstr(tcti, "tabrmd");
}

static enum attest_error read_listed(struct attest_tpm *tpm, bool *ret_listed, struct attest_diag *diag)
{
    const TPMA_CC same = TPMA_CC_V | TPMA_CC_COMMANDINDEX_MASK; /* Part 2 §8.9 */
    _cleanup_esys_ TPMS_CAPABILITY_DATA *data = NULL;

    attest_try(attest_tpm_capability(tpm, TPM2_CAP_COMMANDS, ATTEST_TPM_NSM_REQUEST, 1, &data, diag));
    *ret_listed = data->data.command.count > 0 &&
                  (data->data.command.commandAttributes[0] & same) == (ATTEST_TPM_NSM_REQUEST & same);
    return ATTEST_OK;
}

static enum attest_error define_buffer(struct attest_tpm_nitrotpm *nitrotpm, struct attest_diag *diag)
{
    return attest_tpm_nvbuffer_open(nitrotpm->tpm, &nitrotpm->properties, &nitrotpm->owners, &nitrotpm->buffer,
                                    diag);
}

/* What is known of it, when it is known to be one. */
static enum attest_error prepare(struct attest_tpm_nitrotpm *nitrotpm, unsigned *count,
                                 struct attest_diag *diag)
{
    bool listed = false;

    attest_try(read_listed(nitrotpm->tpm, &listed, diag));
    nitrotpm->refused = !listed && is_managed(nitrotpm->tpm->options->tcti);
    attest_try(attest_tpm_nvbuffer_reclaim(nitrotpm->tpm, &nitrotpm->owners, count, diag));
    enum attest_error error = define_buffer(nitrotpm, diag);
    /* Who asks for a document is told; quotes need no buffer. */
    bool forgiven = error == ATTEST_TPM_FAILED || error == ATTEST_SYSTEM || error == ATTEST_MEMORY;
    return forgiven ? ATTEST_OK : error;
}

enum attest_error attest_tpm_nitrotpm_open(struct attest_tpm *tpm,
                                           const struct attest_tpm_properties *properties,
                                           const struct attest_tpm_owners *owners,
                                           struct attest_tpm_nitrotpm *ret_nitrotpm, unsigned *reclaimed,
                                           struct attest_diag *diag)
{
    struct attest_tpm_nitrotpm nitrotpm = {
        .tpm = tpm,
        .present = strcmp(properties->vendor, VENDOR_STRINGS) == 0,
        .properties = *properties,
        .owners = *owners,
    };
    unsigned count = 0;

    if (nitrotpm.present)
        attest_try(prepare(&nitrotpm, &count, diag));
    *ret_nitrotpm = nitrotpm;
    *reclaimed += count;
    return ATTEST_OK;
}

/* What only waiting can't mend: a device that is not there, or not for us. */
static bool is_out_of_reach(const char *tcti)
{
    static const char device[] = "device:";

    return strncmp(tcti, device, sizeof device - 1) == 0 && access(tcti + sizeof device - 1, R_OK | W_OK) != 0;
}

/* /dev/tpm0 has one opener at a time, so it is asked for again and again, but not for long: others wait for
 * this thread. */
static enum attest_error open_other(const struct attest_tpm_options *options, struct attest_tpm **ret_tpm,
                                    struct attest_diag *diag)
{
    enum attest_error error;
    unsigned pause = OPEN_PAUSE_FIRST;

    for (unsigned i = 0; i < OPEN_TRIES && !is_out_of_reach(options->tcti); i++) {
        error = attest_tpm_open(options, ret_tpm, diag);
        if (error != ATTEST_TPM_LOST)
            return error;
        nanosleep(&(struct timespec){ .tv_nsec = (long)pause * 1000000 }, NULL);
        pause = pause * 2 < OPEN_PAUSE_MAX ? pause * 2 : OPEN_PAUSE_MAX;
    }
    return attest_fail(diag, ATTEST_TPM_FAILED, "it missing, busy or not ours to open",
                       "%s, which the vendor command needs", options->tcti);
}

static enum attest_error send_on(struct attest_tpm *tpm, const struct attest_tpm_nvbuffer *buffer,
                                 struct attest_diag *diag)
{
    return attest_tpm_vendor_send(tpm, ATTEST_TPM_NSM_REQUEST, COMMAND, buffer->index,
                                  attest_tpm_nvbuffer_auth(buffer), diag);
}

/* NV is the same whichever way it is reached: only the one command takes the other. */
static enum attest_error send_by(const struct attest_tpm_nitrotpm *nitrotpm, const char *tcti,
                                 struct attest_diag *diag)
{
    struct attest_tpm_options options = *nitrotpm->tpm->options;
    struct attest_tpm *other = NULL;

    options.tcti = tcti;
    attest_try(open_other(&options, &other, diag));
    enum attest_error error = send_on(other, &nitrotpm->buffer, diag);
    attest_tpm_close(other);
    return error == ATTEST_TPM_LOST ? ATTEST_TPM_FAILED : error; /* our own connection is not lost */
}

/* A resource manager says no in its own name, and in the TPM's words (TSS 2.0 Overview §3.1). */
static bool is_unknown_to_manager(uint32_t native)
{
    return native == (TSS2_RESMGR_TPM_RC_LAYER | TPM2_RC_COMMAND_CODE);
}

static enum attest_error ask(struct attest_tpm_nitrotpm *nitrotpm, struct attest_diag *diag)
{
    const char *other = nitrotpm->tpm->options->vendor_tcti;
    enum attest_error error = ATTEST_TPM_FAILED;

    if (!other && !nitrotpm->refused) {
        error = send_on(nitrotpm->tpm, &nitrotpm->buffer, diag);
        nitrotpm->refused = error == ATTEST_TPM_FAILED && is_unknown_to_manager(diag->native);
    }
    if (other || nitrotpm->refused)
        error = send_by(nitrotpm, other ?: DEVICE, diag);
    if (error == ATTEST_TPM_FAILED && diag->native == TPM2_RC_COMMAND_CODE)
        return attest_fail(diag, ATTEST_TPM_UNABLE, "it unknown to the TPM", "the command " COMMAND);
    return error;
}

/* The request is in the buffer after this, which is defined if there is none. One that is not ours any more is
 * left alone, and another made. */
static enum attest_error put_request(struct attest_tpm_nitrotpm *nitrotpm, struct attest_view request,
                                     struct attest_diag *diag)
{
    struct attest_tpm_nvbuffer *buffer = &nitrotpm->buffer;

    if (buffer->handle.tpm) {
        enum attest_error error = attest_tpm_nvbuffer_write(buffer, request, diag);
        if (error != ATTEST_DENIED)
            return error;
        attest_tpm_nvbuffer_forget(buffer);
    }
    attest_try(define_buffer(nitrotpm, diag));
    enum attest_error error = attest_tpm_nvbuffer_write(buffer, request, diag);
    return error == ATTEST_DENIED ? ATTEST_TPM_FAILED : error;
}

/* Reads no further than the answer goes. */
static enum attest_error read_document(const struct attest_tpm_nvbuffer *buffer, struct attest_bytes *answer,
                                       struct attest_view *ret_document, struct attest_diag *diag)
{
    struct attest_cose_sign1 sign1;
    enum attest_error error;

    do {
        attest_try(attest_tpm_nvbuffer_read(buffer, answer, diag));
        error = attest_nsm_parse_attestation(attest_bytes_view(answer), ret_document, diag);
    } while (error == ATTEST_TRUNCATED && answer->size < ATTEST_TPM_NVBUFFER_SIZE);
    if (error == ATTEST_OK)
        error = attest_cose_parse(*ret_document, &sign1, diag);
    if (error == ATTEST_OK || error == ATTEST_USAGE || error == ATTEST_TPM_FAILED)
        return error;
    /* What the TPM says wrongly is not the caller's mistake. */
    return attest_fail(diag, ATTEST_TPM_FAILED, "something else", "a document in the NSM's answer");
}

static enum attest_error make(struct attest_tpm_nitrotpm *nitrotpm, struct attest_view request,
                              struct attest_bytes *ret_document, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes answer = attest_bytes_init(ATTEST_TPM_NVBUFFER_SIZE);
    struct attest_view document = { 0 };

    attest_try(put_request(nitrotpm, request, diag));
    attest_try(ask(nitrotpm, diag));
    attest_try(read_document(&nitrotpm->buffer, &answer, &document, diag));
    _cleanup_(attest_bytes_done) struct attest_bytes copy = attest_bytes_init(document.size);
    attest_bytes_append(&copy, document);
    attest_try(attest_bytes_check(&copy));
    *ret_document = attest_bytes_take(&copy);
    return ATTEST_OK;
}

enum attest_error attest_tpm_nitrotpm_document(struct attest_tpm_nitrotpm *nitrotpm,
                                               const struct attest_nsm_attestation *attestation,
                                               struct attest_bytes *ret_document, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes request = attest_bytes_init(ATTEST_TPM_NVBUFFER_SIZE);
    struct attest_diag own = { 0 }; /* native codes decide, so that there has to be one */
    const char *vendor = nitrotpm->properties.vendor;

    if (!nitrotpm->present)
        return attest_fail(diag, ATTEST_TPM_UNABLE, vendor[0] ? vendor : "another TPM",
                           "a NitroTPM, as attestable EC2 instances have");
    attest_try(attest_nsm_write_attestation(attestation, &request));
    return make(nitrotpm, attest_bytes_view(&request), ret_document, diag ?: &own);
}

void attest_tpm_nitrotpm_close(struct attest_tpm_nitrotpm *nitrotpm)
{
    attest_tpm_nvbuffer_close(&nitrotpm->buffer);
    *nitrotpm = (struct attest_tpm_nitrotpm){ 0 };
}
