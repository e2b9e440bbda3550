/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who were we before? DIR holds the CA's root (root.pem, root-key.pem), the module's id (module-id), swtpm's
 * state (tpm/) and the contents of virtual NV indices (nv/). Trusts what its owner lets others write there.
 */
#include "swtpm-harness/nitrotpm-sim/state.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define MODULE_FORM "i-xxxxxxxxxxxxxxxxx-tpmxxxxxxxxxxxxxxxx"

void state_path(const struct state *state, const char *name, char ret_path[STATE_PATH_SIZE])
{
    snprintf(ret_path, STATE_PATH_SIZE, "%s/%s", state->folder, name);
}

bool state_is_module_id(const char *text)
{
    const char *form = MODULE_FORM;

    for (; *form && *text; form++, text++)
        if (*form == 'x' ? !strchr("0123456789abcdef", *text) : *form != *text)
            return false;
    return *form == *text;
}

static enum attest_error lock(struct state *state, struct attest_diag *diag)
{
    char path[STATE_PATH_SIZE];

    state_path(state, "lock", path);
    state->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (state->lock < 0)
        return attest_fail_errno(diag, errno, "to open %s", path);
    if (flock(state->lock, LOCK_EX | LOCK_NB) < 0)
        return attest_fail(diag, ATTEST_USAGE, NULL, "no other nitrotpm-sim to use %s", state->folder);
    return ATTEST_OK;
}

static enum attest_error make_module_id(char ret_id[STATE_MODULE_ID_SIZE])
{
    uint8_t random[9];

    if (RAND_bytes(random, sizeof random) != 1)
        return ATTEST_INTERNAL;
    memcpy(ret_id, "i-", 3);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(ret_id + 2 + 2 * i, 3, "%02x", random[i]);
    snprintf(ret_id + 2 + 17, 4 + 16 + 1, "-tpm%016d", 0); /* over the eighteenth digit */
    return ATTEST_OK;
}

static enum attest_error read_module_id(struct state *state, const char *path, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes content = attest_bytes_init(STATE_MODULE_ID_SIZE);

    attest_try(attest_file_read(path, STATE_MODULE_ID_SIZE, &content, diag));
    if (content.size > 0 && content.size <= STATE_MODULE_ID_SIZE)
        memcpy(state->module_id, content.data, content.size - 1); /* without the newline */
    if (!state_is_module_id(state->module_id))
        return attest_fail(diag, ATTEST_MALFORMED, NULL, "a module id in %s", path);
    return ATTEST_OK;
}

static enum attest_error take_module_id(struct state *state, const char *module_id, struct attest_diag *diag)
{
    char path[STATE_PATH_SIZE], line[STATE_MODULE_ID_SIZE + 1];

    state_path(state, "module-id", path);
    if (!module_id && access(path, F_OK) == 0)
        return read_module_id(state, path, diag);
    if (module_id)
        snprintf(state->module_id, sizeof state->module_id, "%s", module_id);
    else
        attest_try(make_module_id(state->module_id));
    snprintf(line, sizeof line, "%s\n", state->module_id);
    return attest_file_write(path, attest_view_text(line), diag);
}

enum attest_error state_open(struct state *ret_state, const char *folder, const char *module_id,
                             struct attest_diag *diag)
{
    struct state state = { .folder = folder, .lock = -1 };

    if (strlen(folder) > STATE_PATH_SIZE / 2)
        return attest_fail(diag, ATTEST_USAGE, NULL, "a shorter path of the state's folder");
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return attest_fail_errno(diag, errno, "to make %s", folder);
    enum attest_error error = lock(&state, diag);
    if (error == ATTEST_OK)
        error = take_module_id(&state, module_id, diag);
    if (error != ATTEST_OK)
        state_close(&state);
    else
        *ret_state = state;
    return error;
}

void state_close(struct state *state)
{
    attest_cleanup_close(&state->lock);
    state->lock = -1;
}
