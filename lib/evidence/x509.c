/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a root that we trust vouch for this leaf, through these certificates and no others, at that moment? RFC
 * 5280 §6.1, for chains of the one shape that AWS documents: P-384 and ECDSA with SHA-384 throughout, the root
 * first and byte for byte one of ours. There is no search for a path and no revocation (AWS says to do without
 * it); what RFC 5280 would allow beyond this shape is refused.
 */
#include "evidence/x509.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PLACE_SIZE  48
#define DETAIL_SIZE 112

struct link {
    struct attest_trust_path path;
    const struct attest_certificate *certificate;
    const struct attest_certificate_facts *facts;
    struct attest_certificate *owned; /* NULL if the trust has it, so that its signature was seen */
};

struct walk {
    size_t count;
    struct link links[ATTEST_X509_CHAIN_MAX];
};

static void walk_done(struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        attest_certificate_free(walk->links[i].owned);
}

/* What a certificate is called in a detail, by its place. */
static const char *place(const struct walk *walk, size_t i, char text[PLACE_SIZE])
{
    if (i == 0 || i + 1 == walk->count)
        snprintf(text, PLACE_SIZE, i == 0 ? "the root" : "the leaf");
    else
        snprintf(text, PLACE_SIZE, "certificate %zu below the root", i);
    return text;
}

/* What one certificate has to be; the texts say what was expected and found. */
struct rule {
    const char *check, *good;
    /* NULL if it is, else what it is instead. */
    const char *(*flaw)(const struct walk *walk, size_t i, char detail[DETAIL_SIZE]);
};

static const char *flaw_of_form(const struct walk *walk, size_t i, char detail[DETAIL_SIZE])
{
    const struct attest_certificate_facts *facts = walk->links[i].facts;

    if (!facts->is_v3)
        return "expected version 3, found another";
    if (!facts->is_p384)
        return "expected a P-384 key, found another";
    if (!facts->is_ecdsa_sha384)
        return "expected ecdsa-with-SHA384, found another signature";
    if (!facts->unknown_critical[0])
        return NULL;
    snprintf(detail, DETAIL_SIZE, "found the critical extension %s", facts->unknown_critical);
    return detail;
}

/* RFC 5280 §6.1.3 (a)(4). Below the root none may have issued itself: that would be a way to lengthen a path.
 */
static const char *flaw_of_name(const struct walk *walk, size_t i, char detail[DETAIL_SIZE])
{
    const struct attest_certificate_facts *facts = walk->links[i].facts;

    (void)detail;
    if (facts->subject.size == 0 || facts->issuer.size == 0)
        return "expected names that can be read, found none";
    if (!attest_view_equal(facts->issuer, walk->links[i == 0 ? 0 : i - 1].facts->subject))
        return i == 0 ? "expected its own name as issuer, found another"
                      : "expected the subject above it as issuer, found another name";
    if (i > 0 && attest_view_equal(facts->issuer, facts->subject))
        return "expected another subject than its issuer, found the same";
    return NULL;
}

static const char *flaw_of_authority(const struct walk *walk, size_t i, char detail[DETAIL_SIZE])
{
    const struct attest_certificate_facts *facts = walk->links[i].facts;

    (void)detail;
    if (i + 1 < walk->count)
        return facts->is_ca ? NULL : "expected CA:TRUE, found none";
    return facts->is_ca ? "expected none that is an authority, found CA:TRUE" : NULL;
}

/* §4.2.1.9: so many authorities may come between the certificate and the leaf. */
static const char *flaw_of_length(const struct walk *walk, size_t i, char detail[DETAIL_SIZE])
{
    const struct attest_certificate_facts *facts = walk->links[i].facts;

    if (!facts->has_path_length)
        return NULL;
    if (i + 1 == walk->count)
        return "expected no path length, found one";
    size_t below = walk->count - 2 - i;
    if (below <= facts->path_length)
        return NULL;
    snprintf(detail, DETAIL_SIZE, "expected at most %" PRIu32 " authorities below it, found %zu",
             facts->path_length, below);
    return detail;
}

static const char *flaw_of_usage(const struct walk *walk, size_t i, char detail[DETAIL_SIZE])
{
    const struct attest_certificate_facts *facts = walk->links[i].facts;

    (void)detail;
    if (i + 1 < walk->count)
        return facts->usage & ATTEST_USAGE_KEY_CERT_SIGN ? NULL : "expected keyCertSign, found it not";
    return facts->usage & ATTEST_USAGE_DIGITAL_SIGNATURE ? NULL : "expected digitalSignature, found it not";
}

static const struct rule rules[] = {
    { "certificates", "each is X.509 version 3 with a P-384 key, signed with SHA-384", flaw_of_form },
    { "names", "each was issued by the one above it, by name", flaw_of_name },
    { "authorities", "all but the leaf are authorities", flaw_of_authority },
    { "path_length", "no authority has more below it than it may", flaw_of_length },
    { "key_usage", "authorities may sign certificates, the leaf may sign", flaw_of_usage },
};

/* One check: good if every certificate is, else what is wrong with the first that is not. */
static bool apply(const struct rule *rule, const struct walk *walk, struct attest_verdict *verdict)
{
    char detail[DETAIL_SIZE], text[PLACE_SIZE];

    for (size_t i = 0; i < walk->count; i++) {
        const char *flaw = rule->flaw(walk, i, detail);
        if (flaw)
            return attest_verdict_add(verdict, false, rule->check, "%s: %s", place(walk, i, text), flaw);
    }
    return attest_verdict_add(verdict, true, rule->check, "%s", rule->good);
}

static bool load_root(const struct attest_trust *trust, struct attest_view der, struct walk *walk,
                      struct attest_verdict *verdict)
{
    walk->links[0].certificate = attest_trust_root(trust, der);
    if (!walk->links[0].certificate)
        return attest_verdict_add(verdict, false, "root",
                                  "expected a root that is trusted, byte for byte, as the first certificate; "
                                  "found another (%zu bytes)",
                                  der.size);
    walk->links[0].facts = attest_certificate_facts(walk->links[0].certificate);
    walk->count = 1;
    return attest_verdict_add(verdict, true, "root", "the first certificate is a root that is trusted");
}

/* The certificate below the last one, from the trust if that knows it. */
static enum attest_error load_link(struct attest_trust *trust, struct attest_view der, struct walk *walk,
                                   struct attest_diag *diag)
{
    struct link *link = &walk->links[walk->count];

    attest_try(attest_trust_path(&walk->links[walk->count - 1].path, der, &link->path));
    link->certificate = attest_trust_recall(trust, &link->path);
    if (!link->certificate) {
        attest_try(attest_certificate_parse(der, &link->owned, diag));
        link->certificate = link->owned;
    }
    link->facts = attest_certificate_facts(link->certificate);
    walk->count++;
    return ATTEST_OK;
}

/* All of them, or with *ret_loaded false a failed check. */
static enum attest_error load(struct attest_trust *trust, const struct attest_x509_chain *chain,
                              struct walk *walk, struct attest_verdict *verdict, bool *ret_loaded)
{
    static const struct attest_trust_path above_roots;
    struct attest_diag diag = { 0 };

    *ret_loaded = false;
    if (chain->count < 2 || !load_root(trust, chain->der[0], walk, verdict))
        return ATTEST_OK;
    attest_try(attest_trust_path(&above_roots, chain->der[0], &walk->links[0].path));
    for (size_t i = 1; i < chain->count; i++) {
        enum attest_error error = load_link(trust, chain->der[i], walk, &diag);
        if (attest_error_category(error) == ATTEST_CATEGORY_MALFORMED ||
            attest_error_category(error) == ATTEST_CATEGORY_LIMIT) {
            attest_verdict_add(verdict, false, "certificates",
                               "certificate %zu below the root: expected %s, found %s", i, diag.expected,
                               diag.found[0] ? diag.found : "it not");
            return ATTEST_OK;
        }
        attest_try(error);
    }
    *ret_loaded = true;
    return ATTEST_OK;
}

static enum attest_error check_signatures(const struct walk *walk, struct attest_verdict *verdict,
                                          bool *ret_good)
{
    size_t seen = 0;
    char text[PLACE_SIZE];

    *ret_good = false;
    for (size_t i = 1; i < walk->count; i++) {
        const struct link *link = &walk->links[i];
        seen += link->owned == NULL;
        enum attest_error error =
            link->owned ? attest_certificate_verify(link->certificate, walk->links[i - 1].certificate)
                        : ATTEST_OK;
        if (error == ATTEST_REFUSED) {
            attest_verdict_add(verdict, false, "chain",
                               "%s: expected a signature by the one above it, found another",
                               place(walk, i, text));
            return ATTEST_OK;
        }
        attest_try(error);
    }
    *ret_good = attest_verdict_add(verdict, true, "chain",
                                   "each of %zu is signed by the one above it (%zu seen before)",
                                   walk->count - 1, seen);
    return ATTEST_OK;
}

/* Not yet and no longer valid are two checks: the first is mostly the verifier's clock, the second age. */
static void check_validity(const struct walk *walk, int64_t at, int64_t leeway, struct attest_verdict *verdict)
{
    char moment[ATTEST_TIME_SIZE], limit[ATTEST_TIME_SIZE], text[PLACE_SIZE];
    size_t latest = 0, earliest = 0;

    for (size_t i = 1; i < walk->count; i++) {
        if (walk->links[i].facts->not_before > walk->links[latest].facts->not_before)
            latest = i;
        if (walk->links[i].facts->not_after < walk->links[earliest].facts->not_after)
            earliest = i;
    }
    int64_t begin = walk->links[latest].facts->not_before, end = walk->links[earliest].facts->not_after;
    attest_time_format(at, moment);
    attest_time_format(begin, limit);
    bool begun = at >= begin - leeway;
    attest_verdict_add(verdict, begun, "valid_from", "%s begins %s; %s %s%s", place(walk, latest, text), limit,
                       begun ? "asked for is" : "expected a later time than", moment,
                       begun ? "" : ": not yet valid, or the verifier's clock is slow");
    attest_time_format(end, limit);
    bool lasting = at <= end;
    attest_verdict_add(verdict, lasting, "valid_until", "%s ends %s; %s %s%s", place(walk, earliest, text),
                       limit, lasting ? "asked for is" : "expected an earlier time than", moment,
                       lasting ? "" : ": expired");
}

/* Only after the whole path was found good. */
static void remember(struct attest_trust *trust, struct walk *walk)
{
    for (size_t i = 1; i < walk->count; i++)
        if (walk->links[i].owned)
            walk->links[i].certificate =
                attest_trust_remember(trust, &walk->links[i].path, &walk->links[i].owned);
}

enum attest_error attest_x509_verify(struct attest_trust *trust, const struct attest_x509_chain *chain,
                                     int64_t at, int64_t leeway, struct attest_verdict *verdict,
                                     struct attest_x509_leaf *ret_leaf)
{
    _cleanup_(walk_done) struct walk walk = { 0 };
    bool loaded, good = true, is_signed;

    *ret_leaf = (struct attest_x509_leaf){ 0 };
    attest_try(load(trust, chain, &walk, verdict, &loaded));
    if (!loaded)
        return ATTEST_OK;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        good = apply(&rules[i], &walk, verdict) && good;
    attest_try(check_signatures(&walk, verdict, &is_signed));
    check_validity(&walk, at, leeway, verdict);
    if (!good || !is_signed)
        return ATTEST_OK;
    remember(trust, &walk);
    const struct link *leaf = &walk.links[walk.count - 1];
    *ret_leaf = (struct attest_x509_leaf){ attest_certificate_key(leaf->certificate), leaf->facts->not_before,
                                           leaf->facts->not_after };
    return ATTEST_OK;
}

enum attest_error attest_x509_until(const struct attest_x509_chain *chain, int64_t *ret_until)
{
    int64_t until = INT64_MAX;

    for (size_t i = 0; i < chain->count; i++) {
        _cleanup_(attest_certificate_cleanup) struct attest_certificate *certificate = NULL;
        attest_try(attest_certificate_parse(chain->der[i], &certificate, NULL));
        int64_t end = attest_certificate_facts(certificate)->not_after;
        if (end < until)
            until = end;
    }
    *ret_until = until;
    return ATTEST_OK;
}
