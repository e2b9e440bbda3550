/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this client read or write an index that swtpm is too small for? swtpm says, by the same access to a
 * shadow of one byte with the same authorisation; we hold the bytes. That is honest for passwords. An HMAC
 * covers the command code, the parameters and the index's Name, which are the shadow's then, and a policy may
 * look at any of them: what we can't have judged is refused (TPM_RC_AUTH_UNAVAILABLE), and so is every other
 * use of such an index (TPM_RC_HANDLE). TPM 2.0 Library Part 3 §31.
 */
#include "swtpm-harness/nitrotpm-sim/nv.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/reader.h"
#include "swtpm-harness/nitrotpm-sim/capability.h"
#include "swtpm-harness/nitrotpm-sim/codes.h"
#include "swtpm-harness/nitrotpm-sim/nv_public.h"
#include "swtpm-harness/nitrotpm-sim/nv_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* TPM2_NV_Read's parameters that a shadow of one byte answers, and that it refuses with TPM_RC_NV_RANGE. */
static const uint8_t read_one[] = { 0, 1, 0, 0 }, read_two[] = { 0, 2, 0, 0 };
/* TPM2_NV_Write's: one byte at 0, and one at 1. */
static const uint8_t write_inside[] = { 0, 1, 0, 0, 0 }, write_outside[] = { 0, 1, 0, 0, 1 };

struct nv_index *nv_find(struct nv *nv, uint32_t handle)
{
    for (size_t i = 0; i < nv->count; i++)
        if (nv->items[i].handle == handle)
            return &nv->items[i];
    return NULL;
}

static enum attest_error pass(struct nv *nv, const struct command *command, struct attest_bytes *out,
                              struct attest_diag *diag)
{
    return swtpm_transact(nv->swtpm, command->wire, out, diag);
}

static enum attest_error reissue(struct nv *nv, const struct command *command, uint32_t code,
                                 struct attest_view parameters, struct attest_bytes *out,
                                 struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes shadow = attest_bytes_init(COMMAND_SIZE_MAX);

    command_reissue(command, code, parameters, &shadow);
    attest_try(attest_bytes_check(&shadow));
    return swtpm_transact(nv->swtpm, attest_bytes_view(&shadow), out, diag);
}

/* ---- The list, and what is on disk ---- */

static void forget(struct nv *nv, struct nv_index *index)
{
    nv_store_remove(nv->folder, index);
    *index = nv->items[--nv->count];
}

static enum attest_error ask_public(struct nv *nv, uint32_t handle, struct attest_bytes *out,
                                    struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes command = attest_bytes_init(COMMAND_SIZE_MAX);

    attest_bytes_append_u16(&command, TPM_ST_NO_SESSIONS);
    attest_bytes_append_u32(&command, COMMAND_HEADER_SIZE + 4);
    attest_bytes_append_u32(&command, TPM_CC_NV_READ_PUBLIC);
    attest_bytes_append_u32(&command, handle);
    attest_try(attest_bytes_check(&command));
    return swtpm_transact(nv->swtpm, attest_bytes_view(&command), out, diag);
}

static enum attest_error has_shadow(struct nv *nv, uint32_t handle, bool *ret_has, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(COMMAND_SIZE_MAX);
    struct nv_public public;

    attest_try(ask_public(nv, handle, &response, diag));
    *ret_has = nv_public_parse_response(attest_bytes_view(&response), &public) == ATTEST_OK && public.size == 1;
    return ATTEST_OK;
}

enum attest_error nv_review(struct nv *nv, struct attest_diag *diag)
{
    bool has;

    for (size_t i = nv->count; i-- > 0;) {
        attest_try(has_shadow(nv, nv->items[i].handle, &has, diag));
        if (!has)
            forget(nv, &nv->items[i]);
    }
    return ATTEST_OK;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static enum attest_error take_up(struct nv *nv, struct attest_diag *diag)
{
    int copy = dup(nv->folder);
    _cleanup_(close_dir) DIR *dir = copy < 0 ? NULL : fdopendir(copy);

    if (!dir)
        return attest_fail_errno(diag, errno, "to list the virtual NV indices");
    for (struct dirent *entry; (entry = readdir(dir)) && nv->count < NV_VIRTUAL_COUNT_MAX;)
        if (entry->d_name[0] != '.')
            if (nv_store_open(nv->folder, entry->d_name, &nv->items[nv->count], NULL) == ATTEST_OK)
                nv->count++;
    return nv_review(nv, diag);
}

enum attest_error nv_open(struct nv *ret_nv, const char *path, struct swtpm *swtpm, struct attest_diag *diag)
{
    struct nv nv = { .swtpm = swtpm, .folder = -1 };

    attest_try(capability_ask(swtpm, TPM_PT_NV_INDEX_MAX, &nv.real_max, diag));
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return attest_fail_errno(diag, errno, "to make %s", path);
    nv.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (nv.folder < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    enum attest_error error = take_up(&nv, diag);
    if (error != ATTEST_OK)
        nv_close(&nv);
    else
        *ret_nv = nv;
    return error;
}

void nv_close(struct nv *nv)
{
    for (size_t i = 0; i < nv->count; i++)
        nv_store_close(&nv->items[i]);
    nv->count = 0;
    if (nv->folder > 0)
        close(nv->folder);
    nv->folder = -1;
}

/* ---- The commands ---- */

/* Whether swtpm would refuse it for its size alone, and we need not. */
static bool is_too_large(const struct nv *nv, const struct nv_public *public)
{
    return public->size > nv->real_max && public->size <= NV_VIRTUAL_SIZE_MAX && nv_public_is_ordinary(public);
}

static enum attest_error define_shadow(struct nv *nv, const struct command *command,
                                       struct nv_definition *definition, struct attest_bytes *out,
                                       struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes parameters = attest_bytes_init(COMMAND_SIZE_MAX);
    struct nv_index *index = &nv->items[nv->count];
    uint16_t size = definition->public.size;

    definition->public.size = 1;
    nv_public_append_definition(&parameters, definition);
    attest_try(attest_bytes_check(&parameters));
    attest_try(reissue(nv, command, command->code, attest_bytes_view(&parameters), out, diag));
    if (command_response_code(attest_bytes_view(out)) != TPM_RC_SUCCESS)
        return ATTEST_OK;
    attest_try(nv_store_create(nv->folder, definition->public.handle, size, index, diag));
    nv->count++;
    return ATTEST_OK;
}

static enum attest_error define(struct nv *nv, const struct command *command, struct attest_bytes *out,
                                struct attest_diag *diag)
{
    struct nv_definition definition;

    attest_try(nv_public_parse_definition(command->parameters, &definition));
    if (nv_find(nv, definition.public.handle))
        command_refuse(TPM_RC_NV_DEFINED, out);
    else if (nv->count == NV_VIRTUAL_COUNT_MAX)
        command_refuse(TPM_RC_NV_SPACE, out);
    else
        return define_shadow(nv, command, &definition, out, diag);
    return ATTEST_OK;
}

static enum attest_error undefine(struct nv *nv, const struct command *command, struct attest_bytes *out,
                                  struct attest_diag *diag)
{
    attest_try(pass(nv, command, out, diag));
    struct nv_index *index = nv_find(nv, command->handles[1]);
    if (command_response_code(attest_bytes_view(out)) == TPM_RC_SUCCESS && index)
        forget(nv, index);
    return ATTEST_OK;
}

static enum attest_error read_public(struct nv *nv, const struct command *command, struct attest_bytes *out,
                                     struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(COMMAND_SIZE_MAX);
    const struct nv_index *index = nv_find(nv, command->handles[0]);
    struct nv_public public;

    attest_try(pass(nv, command, &response, diag));
    if (!index || nv_public_parse_response(attest_bytes_view(&response), &public) != ATTEST_OK) {
        attest_bytes_append(out, attest_bytes_view(&response));
        return attest_bytes_check(out);
    }
    public.size = index->size;
    return nv_public_append_response(out, &public);
}

/* A response with one authorisation: header, size of the parameters, these, the authorisation (Part 1 §18.4).
 */
static enum attest_error replace_data(struct attest_view response, struct attest_view data,
                                      struct attest_bytes *out)
{
    struct attest_reader reader = attest_reader_init(response);

    attest_reader_take(&reader, COMMAND_HEADER_SIZE);
    attest_reader_take(&reader, attest_reader_u32(&reader));
    struct attest_view authorisation = attest_reader_take(&reader, attest_reader_left(&reader));
    attest_try(attest_reader_end(&reader, NULL));
    attest_bytes_append_u16(out, TPM_ST_SESSIONS);
    attest_bytes_append_u32(out, (uint32_t)(COMMAND_HEADER_SIZE + 4 + 2 + data.size + authorisation.size));
    attest_bytes_append_u32(out, TPM_RC_SUCCESS);
    attest_bytes_append_u32(out, (uint32_t)(2 + data.size));
    attest_bytes_append_u16(out, (uint16_t)data.size);
    attest_bytes_append(out, data);
    attest_bytes_append(out, authorisation);
    return attest_bytes_check(out);
}

static enum attest_error read_part(struct nv *nv, const struct command *command, struct attest_bytes *out,
                                   struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes response = attest_bytes_init(COMMAND_SIZE_MAX);
    struct attest_reader reader = attest_reader_init(command->parameters);
    const struct nv_index *index = nv_find(nv, command->handles[1]);

    uint16_t size = attest_reader_u16(&reader);
    uint16_t offset = attest_reader_u16(&reader);
    if (!index || attest_reader_end(&reader, NULL) != ATTEST_OK || size > NV_PART_MAX || offset > index->size)
        return pass(nv, command, out, diag); /* swtpm refuses it as it would for a large index, too */
    if (size > index->size - offset)
        return reissue(nv, command, command->code, attest_view_of(read_two), out, diag);
    attest_try(reissue(nv, command, command->code, attest_view_of(read_one), &response, diag));
    if (command_response_code(attest_bytes_view(&response)) == TPM_RC_SUCCESS)
        return replace_data(attest_bytes_view(&response), (struct attest_view){ index->content + offset, size },
                            out);
    attest_bytes_append(out, attest_bytes_view(&response));
    return attest_bytes_check(out);
}

static enum attest_error write_part(struct nv *nv, const struct command *command, struct attest_bytes *out,
                                    struct attest_diag *diag)
{
    struct attest_reader reader = attest_reader_init(command->parameters);
    struct nv_index *index = nv_find(nv, command->handles[1]);

    struct attest_view data = attest_reader_take_sized(&reader, NV_PART_MAX);
    uint16_t offset = attest_reader_u16(&reader);
    if (!index || attest_reader_end(&reader, NULL) != ATTEST_OK)
        return pass(nv, command, out, diag);
    if (offset + data.size > index->size)
        return reissue(nv, command, command->code, attest_view_of(write_outside), out, diag);
    attest_try(reissue(nv, command, command->code, attest_view_of(write_inside), out, diag));
    if (command_response_code(attest_bytes_view(out)) == TPM_RC_SUCCESS && data.size > 0)
        memcpy(index->content + offset, data.data, data.size);
    return ATTEST_OK;
}

/* What can be done with a virtual index, and which of the handles names it. */
static const struct {
    uint32_t code;
    size_t handle;
    enum attest_error (*execute)(struct nv *nv, const struct command *command, struct attest_bytes *out,
                                 struct attest_diag *diag);
} table[] = {
    { TPM_CC_NV_READ_PUBLIC, 0, read_public }, { TPM_CC_NV_READ, 1, read_part },
    { TPM_CC_NV_WRITE, 1, write_part },        { TPM_CC_NV_READ_LOCK, 1, pass },
    { TPM_CC_NV_WRITE_LOCK, 1, pass },         { TPM_CC_NV_UNDEFINE_SPACE, 1, undefine },
};

/* The first handle that names one of ours, or the count. */
static size_t first_handle(struct nv *nv, const struct command *command)
{
    for (size_t i = 0; i < command->handle_count; i++)
        if (nv_find(nv, command->handles[i]))
            return i;
    return command->handle_count;
}

static bool defines(const struct nv *nv, const struct command *command)
{
    struct nv_definition definition;

    return command->code == TPM_CC_NV_DEFINE_SPACE && command->handle_count == 1 &&
           nv_public_parse_definition(command->parameters, &definition) == ATTEST_OK &&
           is_too_large(nv, &definition.public);
}

bool nv_concerns(struct nv *nv, const struct command *command)
{
    return first_handle(nv, command) < command->handle_count || defines(nv, command);
}

enum attest_error nv_execute(struct nv *nv, const struct command *command, struct attest_bytes *out,
                             struct attest_diag *diag)
{
    bool defining = defines(nv, command);

    if (command->tag == TPM_ST_SESSIONS && !command_has_password_only(command)) {
        command_refuse(TPM_RC_AUTH_UNAVAILABLE, out);
        return attest_bytes_check(out);
    }
    if (command->tag != TPM_ST_SESSIONS && (defining || command->code != TPM_CC_NV_READ_PUBLIC)) {
        command_refuse(TPM_RC_AUTH_MISSING, out);
        return attest_bytes_check(out);
    }
    if (defining)
        return define(nv, command, out, diag);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (command->code == table[i].code && nv_find(nv, command->handles[table[i].handle]))
            return table[i].execute(nv, command, out, diag);
    command_refuse(TPM_RC_HANDLE + 0x100 * (uint32_t)(first_handle(nv, command) + 1), out);
    return attest_bytes_check(out);
}

enum attest_error nv_judge(struct nv *nv, const struct command *command, uint32_t *ret_code,
                           struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes reading = attest_bytes_init(COMMAND_SIZE_MAX);
    _cleanup_(attest_bytes_done) struct attest_bytes writing = attest_bytes_init(COMMAND_SIZE_MAX);

    attest_try(reissue(nv, command, TPM_CC_NV_READ, attest_view_of(read_one), &reading, diag));
    *ret_code = command_response_code(attest_bytes_view(&reading));
    if (*ret_code != TPM_RC_SUCCESS)
        return ATTEST_OK;
    attest_try(reissue(nv, command, TPM_CC_NV_WRITE, attest_view_of(write_inside), &writing, diag));
    *ret_code = command_response_code(attest_bytes_view(&writing));
    return ATTEST_OK;
}
