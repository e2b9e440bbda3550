/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does AWS vouch for this AK? The AK quotes all SHA-384 PCRs, and the NSM puts the digest of that quote, beside
 * the AK's name, into a document. Trusts the TPM; what comes of it is for verifiers to judge, and read here
 * only to know when it ends: by AWS's clock, for this machine's may be off.
 */
#include "daemon/endorsement.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/random.h"
#include "daemon/clock.h"
#include "daemon/tpm_document.h"
#include "evidence/document.h"
#include "tpm/clock.h"
#include "tpm/quote_make.h"

#define NONCE_SIZE 32 /* of a document that is not for a caller's nonce */
#define MARGIN     2  /* seconds */
#define LIFE_MAX   ATTEST_EVIDENCE_ENDORSEMENT_AGE

struct endorsement *endorsement_ref(struct endorsement *endorsement)
{
    endorsement->references++;
    return endorsement;
}

void endorsement_unref(struct endorsement *endorsement)
{
    if (!endorsement || --endorsement->references > 0)
        return;
    attest_bytes_done(&endorsement->document);
    attest_bytes_done(&endorsement->quoted);
    attest_bytes_done(&endorsement->signature);
    free(endorsement);
}

static void endorsement_cleanup(struct endorsement **endorsement)
{
    endorsement_unref(*endorsement);
}

static enum attest_error check(const struct tpm_session *session, struct attest_diag *diag)
{
    if (!session->nitrotpm.present)
        return attest_fail(diag, ATTEST_TPM_UNABLE, session->identity->properties.vendor,
                           "a NitroTPM, for AWS to endorse the AK");
    if (!(session->identity->properties.banks >> ATTEST_HASH_SHA384 & 1))
        return attest_fail(diag, ATTEST_TPM_UNABLE, NULL, "an active SHA-384 bank");
    return ATTEST_OK;
}

static enum attest_error quote(struct tpm_session *session, struct attest_view extra_data,
                               struct endorsement *endorsement, struct attest_diag *diag)
{
    _cleanup_(attest_tpm_quote_done) struct attest_tpm_quote made = { 0 };
    struct attest_tpm_attest attest;

    attest_try(attest_tpm_quote_make(&session->ak, extra_data, ATTEST_PCR_ALL,
                                     &session->known_pcrs[ATTEST_HASH_SHA384], &made, diag));
    attest_try(attest_tpmwire_parse_attest(attest_bytes_view(&made.quoted), &attest, diag));
    endorsement->reset_count = attest.reset_count;
    endorsement->restart_count = attest.restart_count;
    endorsement->safe = attest.safe;
    endorsement->quoted = attest_bytes_take(&made.quoted);
    endorsement->signature = attest_bytes_take(&made.signature);
    return ATTEST_OK;
}

static enum attest_error ask(struct tpm_session *session, struct attest_view nonce,
                             struct endorsement *endorsement, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes user_data =
        attest_bytes_init(ATTEST_ENDORSEMENT_USER_DATA_SIZE);

    attest_try(attest_endorsement_user_data(attest_tpmkey_name(&session->identity->ak),
                                            attest_bytes_view(&endorsement->quoted), &user_data));
    const struct attest_nsm_attestation attestation = {
        .user_data = attest_bytes_view(&user_data),
        .nonce = nonce,
    };
    return tpm_document_get(session, &attestation, &endorsement->document, diag);
}

/* It ends with the first of its certificates, and before that for who needs some seconds to use it. */
static enum attest_error find_end(struct endorsement *endorsement, struct attest_diag *diag)
{
    _cleanup_(attest_document_cleanup) struct attest_document *document = NULL;
    int64_t until;

    attest_try(attest_document_parse(attest_bytes_view(&endorsement->document), &document, diag));
    attest_try(attest_x509_until(&document->chain, &until));
    const int64_t made = (int64_t)(document->timestamp / 1000);
    if (until <= made + MARGIN)
        return attest_fail(diag, ATTEST_TPM_FAILED, "expired",
                           "certificates that are valid when a document is made");
    const int64_t life = until - made - MARGIN;
    endorsement->made = clock_since_boot();
    endorsement->expires = endorsement->made + (uint64_t)(life < LIFE_MAX ? life : LIFE_MAX) * 1000;
    return ATTEST_OK;
}

/* What the NSM refuses, or says wrongly, is no mistake of who asked for evidence. */
static enum attest_error not_the_callers(enum attest_error error)
{
    enum attest_category category = attest_error_category(error);
    bool callers = category == ATTEST_CATEGORY_USAGE || category == ATTEST_CATEGORY_MALFORMED ||
                   category == ATTEST_CATEGORY_REFUSED || category == ATTEST_CATEGORY_LIMIT;

    return callers ? ATTEST_TPM_FAILED : error;
}

static enum attest_error make(struct tpm_session *session, struct attest_view extra_data,
                              struct attest_view nonce, struct endorsement **ret_endorsement,
                              struct attest_diag *diag)
{
    _cleanup_(endorsement_cleanup) struct endorsement *endorsement = calloc(1, sizeof *endorsement);

    if (!endorsement)
        return ATTEST_MEMORY;
    endorsement->references = 1;
    attest_try(quote(session, extra_data, endorsement, diag));
    attest_try(not_the_callers(ask(session, nonce, endorsement, diag)));
    attest_try(not_the_callers(find_end(endorsement, diag)));
    *ret_endorsement = attest_steal(endorsement);
    return ATTEST_OK;
}

enum attest_error endorsement_make_fresh(struct tpm_session *session, struct attest_view nonce,
                                         struct endorsement **ret_endorsement, struct attest_diag *diag)
{
    uint8_t extra_data[ATTEST_ENDORSEMENT_EXTRA_SIZE];

    attest_try(check(session, diag));
    attest_try(attest_endorsement_extra_data_fresh(nonce, extra_data));
    return make(session, attest_view_of(extra_data), nonce, ret_endorsement, diag);
}

static void forget(struct tpm_session *session)
{
    endorsement_unref(session->endorsement);
    session->endorsement = NULL;
}

enum attest_error endorsement_renew(struct tpm_session *session, struct attest_diag *diag)
{
    uint8_t random[ATTEST_ENDORSEMENT_RANDOM_SIZE], nonce[NONCE_SIZE];
    uint8_t extra_data[ATTEST_ENDORSEMENT_EXTRA_SIZE];
    struct endorsement *endorsement;

    attest_try(check(session, diag));
    attest_try(attest_random_fill(random, sizeof random, diag));
    attest_try(attest_random_fill(nonce, sizeof nonce, diag));
    attest_endorsement_extra_data_random(random, extra_data);
    attest_try(make(session, attest_view_of(extra_data), attest_view_of(nonce), &endorsement, diag));
    forget(session);
    session->endorsement = endorsement;
    return ATTEST_OK;
}

static bool is_current(const struct endorsement *endorsement, const struct attest_tpm_clock *clock)
{
    return clock_since_boot() < endorsement->expires && clock->reset_count == endorsement->reset_count &&
           clock->restart_count == endorsement->restart_count && (endorsement->safe || !clock->safe);
}

enum attest_error endorsement_current(struct tpm_session *session, struct endorsement **ret_endorsement,
                                      struct attest_diag *diag)
{
    struct attest_tpm_clock clock;

    if (session->endorsement) {
        attest_try(attest_tpm_clock_read(session->tpm, &clock, diag));
        if (!is_current(session->endorsement, &clock))
            forget(session);
    }
    *ret_endorsement = session->endorsement ? endorsement_ref(session->endorsement) : NULL;
    return ATTEST_OK;
}

struct endorsement_report endorsement_report(const struct tpm_session *session)
{
    const struct endorsement *kept = session->endorsement;

    return (struct endorsement_report){
        .possible = session->identity && check(session, NULL) == ATTEST_OK,
        .safe = kept && kept->safe,
        .made = kept ? kept->made : 0,
        .expires = kept ? kept->expires : 0,
    };
}

struct attest_endorsement_parts endorsement_parts(const struct endorsement *endorsement)
{
    return (struct attest_endorsement_parts){
        .document = attest_bytes_view(&endorsement->document),
        .quoted = attest_bytes_view(&endorsement->quoted),
        .signature = attest_bytes_view(&endorsement->signature),
    };
}
