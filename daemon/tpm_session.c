/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has to be done before this TPM can serve, and what is given back after?
 */
#include "daemon/tpm_session.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/endorsement.h"
#include "daemon/owner.h"
#include "tpm/clock.h"
#include "tpm/handle.h"

#define PEM_MAX ((size_t)4096)

struct tpm_identity *tpm_identity_ref(struct tpm_identity *identity)
{
    identity->references++;
    return identity;
}

void tpm_identity_unref(struct tpm_identity *identity)
{
    if (!identity || --identity->references > 0)
        return;
    attest_tpmkey_done(&identity->ak);
    attest_bytes_done(&identity->ak_pem);
    free(identity);
}

static enum attest_error identify(struct tpm_session *session, struct attest_diag *diag)
{
    struct tpm_identity *identity = session->identity = calloc(1, sizeof *identity);

    if (!identity)
        return ATTEST_MEMORY;
    identity->references = 1;
    identity->ak_pem = attest_bytes_init(PEM_MAX);
    attest_try(attest_tpm_properties_read(session->tpm, &identity->properties, diag));
    attest_try(attest_tpmkey_parse(attest_bytes_view(&session->ak.key.wire), &identity->ak, diag));
    return attest_key_encode_pem(identity->ak.key, &identity->ak_pem);
}

static enum attest_error find_nitrotpm(struct tpm_session *session, unsigned *reclaimed,
                                       struct attest_diag *diag)
{
    struct attest_tpm_owners owners = owner_self();
    struct attest_tpm_clock clock;

    attest_try(attest_tpm_clock_read(session->tpm, &clock, diag));
    owners.reset_count = clock.reset_count;
    attest_try(attest_tpm_nitrotpm_open(session->tpm, &session->identity->properties, &owners,
                                        &session->nitrotpm, reclaimed, diag));
    session->identity->nitrotpm = session->nitrotpm.present;
    return ATTEST_OK;
}

enum attest_error tpm_session_open(const struct attest_tpm_options *options, const struct config *config,
                                   struct tpm_session *ret_session, unsigned *ret_reclaimed,
                                   struct attest_diag *diag)
{
    _cleanup_(tpm_session_close) struct tpm_session session = { 0 };
    unsigned reclaimed = 0;

    attest_try(attest_tpm_open(options, &session.tpm, diag));
    attest_try(attest_tpm_handle_reclaim(session.tpm, &reclaimed, diag));
    attest_try(attest_tpm_ak_open(session.tpm, config->ak_algorithm, config->ak_handle, &session.ak, diag));
    attest_try(identify(&session, diag));
    attest_try(find_nitrotpm(&session, &reclaimed, diag));
    for (int bank = 0; bank < ATTEST_HASH_COUNT; bank++)
        session.known_pcrs[bank].bank = (enum attest_hash)bank;
    *ret_session = session;
    *ret_reclaimed = reclaimed;
    session = (struct tpm_session){ 0 };
    return ATTEST_OK;
}

void tpm_session_close(struct tpm_session *session)
{
    for (size_t i = 0; i < ATTEST_TPM_EK_TYPES; i++) {
        attest_bytes_done(&session->eks[i].wire);
        attest_bytes_done(&session->eks[i].certificate);
    }
    endorsement_unref(session->endorsement);
    attest_tpm_nitrotpm_close(&session->nitrotpm);
    tpm_identity_unref(session->identity);
    attest_tpm_ak_done(&session->ak);
    attest_tpm_close(session->tpm);
    *session = (struct tpm_session){ 0 };
}
