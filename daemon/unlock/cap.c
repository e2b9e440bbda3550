/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this boot over for secrets? A key policy that asks for the cap PCR's value at boot opens nothing any more
 * once it was extended, not even for root. attestd's word that it was is not enough: AWS's document has to show
 * it.
 */
#include "daemon/unlock/cap.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "daemon/config_text.h"
#include "daemon/log.h"

#include <string.h>

/* What it is after boot, where nobody else extends it (PC Client Platform TPM Profile, "PCR Initial and Reset
 * Values"). */
static void expect_boot(struct cap *cap, unsigned pcr)
{
    memset(cap->values[pcr], pcr < 17 ? 0 : 0xff, sizeof cap->values[pcr]);
    cap->known |= 1u << pcr;
}

/* What it is, from the last document if nothing later is known. */
static enum attest_error look_up(struct cap *cap, unsigned pcr, struct attest_diag *diag)
{
    if (!(cap->known >> pcr & 1))
        attest_try(ask_pcr(cap->ask, pcr, cap->values[pcr], diag));
    cap->known |= 1u << pcr;
    return ATTEST_OK;
}

static enum attest_error extend(struct cap *cap, unsigned pcr, const char *name, struct attest_view digest,
                                struct attest_diag *diag)
{
    uint8_t after[ASK_DIGEST_SIZE];

    attest_try(look_up(cap, pcr, diag));
    const struct ask_extend wanted = { pcr, cap->values[pcr], name, digest };
    attest_try(ask_extend(cap->ask, &wanted, after, diag));
    memcpy(cap->values[pcr], after, sizeof after);
    return ATTEST_OK;
}

enum attest_error cap_measure_config(struct cap *cap, struct attest_diag *diag)
{
    const unsigned pcr = cap->config->unlock.cap_pcr;
    uint8_t digest[ASK_DIGEST_SIZE];

    if (!cap->config->unlock.measure_config)
        return ATTEST_OK;
    attest_try(config_text_digest(cap->config, digest));
    expect_boot(cap, pcr);
    enum attest_error error = extend(cap, pcr, NULL, attest_view_of(digest), diag);
    if (error == ATTEST_REFUSED)
        return attest_fail(diag, ATTEST_REFUSED, "another value: capped, or extended by others",
                           "PCR %u as after boot, or after measuring this configuration", pcr);
    attest_try(error);
    log_event(LOG_EVENT_UNLOCK_MEASURED, pcr, "the configuration");
    return ATTEST_OK;
}

/* It has to be what it was measured to be, or what it is after boot. Anything else is no better than the cap:
 * of a secret that was measured into it before that, say, which can't be told any more. */
enum attest_error cap_check(struct cap *cap, struct attest_diag *diag)
{
    const unsigned pcr = cap->config->unlock.cap_pcr;
    uint8_t now[ASK_DIGEST_SIZE], capped[ASK_DIGEST_SIZE];

    if (pcr == CONFIG_NO_PCR)
        return ATTEST_OK;
    if (!(cap->known >> pcr & 1))
        expect_boot(cap, pcr);
    const struct ask_extend cap_of_boot = { .pcr = pcr, .before = cap->values[pcr] };
    attest_try(ask_predict(&cap_of_boot, capped));
    attest_try(ask_pcr(cap->ask, pcr, now, diag));
    if (memcmp(now, capped, sizeof now) == 0)
        return attest_fail(diag, ATTEST_REFUSED, "a boot that is capped",
                           "PCR %u without the cap: secrets can be had after the next boot", pcr);
    if (memcmp(now, cap->values[pcr], sizeof now) != 0)
        return attest_fail(diag, ATTEST_REFUSED, "another value: capped, or extended by others",
                           "PCR %u as %s: secrets can be had after the next boot", pcr,
                           cap->config->unlock.measure_config ? "this configuration makes it" : "after boot");
    return ATTEST_OK;
}

enum attest_error cap_measure_secret(struct cap *cap, const struct job_secret *job, struct attest_diag *diag)
{
    const unsigned pcr = job->secret->measure_pcr;

    if (pcr == CONFIG_NO_PCR)
        return ATTEST_OK;
    attest_try(extend(cap, pcr, job->secret->name, attest_view_of(job->digest), diag));
    log_event(LOG_EVENT_UNLOCK_MEASURED, pcr, job->secret->name);
    return ATTEST_OK;
}

enum attest_error cap_close(struct cap *cap, struct attest_diag *diag)
{
    _cleanup_(attest_bytes_done) struct attest_bytes document = attest_bytes_init(0);
    const unsigned pcr = cap->config->unlock.cap_pcr;
    uint8_t shown[ASK_DIGEST_SIZE];

    if (pcr == CONFIG_NO_PCR)
        return ATTEST_OK;
    attest_try(extend(cap, pcr, NULL, (struct attest_view){ 0 }, diag));
    attest_try(ask_document(cap->ask, true, &document, diag));
    attest_try(ask_pcr(cap->ask, pcr, shown, diag));
    if (memcmp(shown, cap->values[pcr], sizeof shown) != 0)
        return attest_fail(diag, ATTEST_REFUSED, "another value", "PCR %u capped in the second document", pcr);
    log_event(LOG_EVENT_UNLOCK_CAPPED, pcr);
    return ATTEST_OK;
}
