/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which PCR values does the TPM sign for this nonce? Trusts attestd for nothing: the quote must carry the nonce
 * that was asked for, and --verify holds it against a key.
 */
#include "base/cleanup.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/input.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/report_quote.h"
#include "evidence/bundle.h"
#include "evidence/quote.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PEM_MAX ((size_t)16 << 10)

static enum attest_error check_call(struct ctl_call *call)
{
    uint32_t mask;
    static const enum ctl_option_id of_verify[] = { CTL_AK, CTL_ALLOW_SHA1 };

    if (!call->value[CTL_NONCE])
        return attest_fail(&call->diag, ATTEST_USAGE, "none", "--nonce HEX or --nonce random");
    for (size_t i = 0; i < sizeof of_verify / sizeof of_verify[0]; i++)
        if (call->value[of_verify[i]] && !call->value[CTL_VERIFY])
            return attest_fail(&call->diag, ATTEST_USAGE, NULL, "--verify with %s",
                               ctl_option_name(of_verify[i]));
    if (call->value[CTL_PCRS] &&
        attest_pcrs_parse_selection(attest_view_text(call->value[CTL_PCRS]), &mask, &call->diag) != ATTEST_OK)
        return attest_fail(&call->diag, ATTEST_USAGE, call->value[CTL_PCRS],
                           "PCR numbers from 0 to %d, ascending, as in 0-7,11", ATTEST_PCR_COUNT - 1);
    return ctl_output_check(call);
}

/* The quote must be what was asked for: a good one of other PCRs would answer another question. */
static enum attest_error check_answer(struct ctl_call *call, const struct attest_quote *quote,
                                      struct attest_view nonce)
{
    const char *bank = call->value[CTL_BANK], *pcrs = call->value[CTL_PCRS];
    struct attest_quote_claims claims = attest_quote_claims(quote);
    char found[96];
    uint32_t mask = 0;

    if (!attest_view_equal(claims.nonce, nonce))
        return attest_fail(&call->diag, ATTEST_REFUSED, "another", "the nonce that was asked for");
    if (bank && strcmp(attest_hash_name(claims.bank), bank) != 0)
        return attest_fail(&call->diag, ATTEST_REFUSED, attest_hash_name(claims.bank), "the bank %s", bank);
    if (!pcrs)
        return ATTEST_OK;
    attest_try(attest_pcrs_parse_selection(attest_view_text(pcrs), &mask, &call->diag));
    attest_pcrs_format_selection(claims.pcr_mask, found, sizeof found);
    if (mask != claims.pcr_mask)
        return attest_fail(&call->diag, ATTEST_REFUSED, found, "the PCRs %s", pcrs);
    return ATTEST_OK;
}

/* Asks for the quote; the one that comes must be what was asked for. */
static enum attest_error fetch(struct ctl_call *call, struct attest_view nonce, struct attest_bytes *ret_bundle,
                               struct attest_quote **ret_quote)
{
    _cleanup_(attest_bytes_done) struct attest_bytes hex = attest_bytes_init(2 * nonce.size + 1);
    _cleanup_(attest_bytes_done) struct attest_bytes bundle = attest_bytes_init(CTL_ANSWER_MAX);
    _cleanup_(attest_json_cleanup) struct attest_json *json = NULL;
    _cleanup_(attest_quote_cleanup) struct attest_quote *quote = NULL;

    attest_encode_hex(&hex, nonce);
    attest_bytes_append_u8(&hex, '\0');
    attest_try(attest_bytes_check(&hex));
    const struct ctl_parameter parameters[] = {
        { "nonce", (const char *)hex.data },
        { "bank", call->value[CTL_BANK] },
        { "pcrs", call->value[CTL_PCRS] },
        { "eventlog", call->value[CTL_EVENTLOG] ? "true" : NULL },
        { 0 },
    };
    attest_try(ctl_client_ask(call, "/v1/quote", parameters, &bundle, &json));
    call->subject = "the answer of /v1/quote";
    attest_try(attest_quote_from_bundle(attest_bytes_view(&bundle), &quote, &call->diag));
    attest_try(check_answer(call, quote, nonce));
    call->subject = NULL;
    *ret_bundle = attest_bytes_take(&bundle);
    *ret_quote = attest_steal(quote);
    return ATTEST_OK;
}

/* Without --ak only the bundle's own AK is there: whose quote it is was not asked, and that is said. */
static enum attest_error verify(struct ctl_call *call, const struct attest_quote *quote,
                                struct attest_view nonce)
{
    _cleanup_(attest_key_cleanup) struct attest_key *key = NULL;
    FILE *out = ctl_output_is_taken(call) ? stderr : stdout;

    if (call->value[CTL_AK])
        attest_try(ctl_input_key(call, &key));
    else
        fputs("Verified with the AK that the quote names itself: this shows that it is whole and fresh, not "
              "whose\n"
              "TPM made it. A key that you trust is given with --ak.\n\n",
              call->value[CTL_JSON] ? stderr : out);
    const struct attest_quote_demands demands = {
        .key = key,
        .nonce = nonce,
        .allow_missing_key = key == NULL,
        .allow_sha1 = call->value[CTL_ALLOW_SHA1] != NULL,
    };
    return ctl_report_quote(call, quote, &demands, out);
}

static enum attest_error save_part(struct ctl_call *call, const char *name, struct attest_view content)
{
    _cleanup_free_ char *path = NULL;

    if (asprintf(&path, "%s/%s", call->value[CTL_RAW], name) < 0) {
        path = NULL;
        return ATTEST_MEMORY;
    }
    return attest_file_write(path, content, &call->diag);
}

/* The parts as files that tpm2_checkquote(1) takes. */
static enum attest_error save_raw(struct ctl_call *call, struct attest_view json)
{
    _cleanup_(attest_bundle_done) struct attest_bundle bundle = { 0 };
    _cleanup_(attest_bytes_done) struct attest_bytes pem = attest_bytes_init(PEM_MAX);

    attest_try(attest_bundle_parse(json, &bundle, &call->diag));
    attest_try(attest_key_encode_pem(bundle.ak_pem, &pem));
    if (mkdir(call->value[CTL_RAW], 0777) < 0 && errno != EEXIST)
        return attest_fail_errno(&call->diag, errno, "to create %s", call->value[CTL_RAW]);
    attest_try(save_part(call, "quote.msg", attest_bytes_view(&bundle.quoted)));
    attest_try(save_part(call, "quote.sig", attest_bytes_view(&bundle.signature)));
    return save_part(call, "ak.pem", attest_bytes_view(&pem));
}

static void print(const struct ctl_call *call, const struct attest_quote *quote, struct attest_view bundle)
{
    if (call->value[CTL_JSON]) {
        ctl_output_json(bundle);
    } else if (!ctl_output_is_taken(call)) {
        ctl_report_quote_claims(quote, stdout);
        fputs("\nNot verified: this is what attestd says. --verify, or attestctl verify quote, checks it.\n",
              stdout);
    }
}

static enum attest_error run(struct ctl_call *call)
{
    _cleanup_(attest_bytes_done) struct attest_bytes nonce = attest_bytes_init(0);
    _cleanup_(attest_bytes_done) struct attest_bytes bundle = attest_bytes_init(0);
    _cleanup_(attest_quote_cleanup) struct attest_quote *quote = NULL;

    attest_try(check_call(call));
    attest_try(ctl_input_nonce_or_random(call, &nonce));
    attest_try(fetch(call, attest_bytes_view(&nonce), &bundle, &quote));
    if (call->value[CTL_VERIFY])
        attest_try(verify(call, quote, attest_bytes_view(&nonce)));
    if (call->value[CTL_OUT])
        attest_try(attest_file_write(call->value[CTL_OUT], attest_bytes_view(&bundle), &call->diag));
    if (call->value[CTL_RAW])
        attest_try(save_raw(call, attest_bytes_view(&bundle)));
    if (!call->value[CTL_VERIFY])
        print(call, quote, attest_bytes_view(&bundle));
    return ATTEST_OK;
}

static const struct ctl_option options[] = {
    { CTL_NONCE, "HEX|random",
      "the nonce that the quote has to carry; random makes one of 32 bytes, which is shown and checked" },
    { CTL_BANK, "BANK", "sha1, sha256, sha384 or sha512 (default: as attestd is configured)" },
    { CTL_PCRS, "LIST", "numbers and ranges, as in 0-7,11 (default: as attestd is configured)" },
    { CTL_EVENTLOG, NULL, "with the event logs that made the values, which are then verified too" },
    { CTL_OUT, "FILE", "write the quote bundle to FILE; - is standard output, and then all that is there" },
    { CTL_RAW, "DIR", "write quote.msg, quote.sig and ak.pem to DIR, as tpm2_checkquote takes them" },
    { CTL_VERIFY, NULL,
      "verify the quote at once, and write it only if it holds: with --ak, or with the AK that attestd "
      "reports, which "
      "shows that the quote is whole and fresh, not whose TPM made it" },
    { CTL_AK, "PEM", "with --verify: the key that must have signed" },
    { CTL_ALLOW_SHA1, NULL, "with --verify: a quote over a SHA-1 bank may hold" },
    { 0 },
};

const struct ctl_command ctl_command_quote = {
    .name = "quote",
    .summary = "a signed statement of the TPM about its PCRs",
    .about = "Asks for a quote: the values of PCRs, signed by the TPM for a nonce. The nonce is needed; it "
             "must be new "
             "for each quote, and come from whoever shall believe it.",
    .options = options,
    .run = run,
};
