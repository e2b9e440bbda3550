/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What made the quoted values, and are they wanted? Trusts the values as far as the checks of quote.c hold, and
 * the logs as far as their replay agrees with the values.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "evidence/eventlog.h"
#include "evidence/policy.h"
#include "evidence/quote.h"
#include "evidence/verdict.h"

void attest_eventlog_expect_quote(struct attest_eventlog *eventlog, const struct attest_quote *quote)
{
    attest_eventlog_expect_pcrs(eventlog, attest_quote_pcrs(quote));
}

enum attest_error attest_quote_replay(const struct attest_quote *quote, struct attest_eventlog **ret_eventlog,
                                      struct attest_diag *diag)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *eventlog = NULL;
    bool any = false;

    attest_try(attest_eventlog_new(&eventlog));
    attest_eventlog_expect_quote(eventlog, quote);
    for (int i = 0; i < ATTEST_LOG_COUNT; i++) {
        struct attest_view log = attest_quote_log(quote, (enum attest_log)i);
        if (log.size == 0)
            continue;
        attest_try(attest_eventlog_add(eventlog, (enum attest_log)i, log, diag));
        any = true;
    }
    if (any)
        *ret_eventlog = attest_steal(eventlog);
    return ATTEST_OK;
}

static void check_logs(const struct attest_quote *quote, const struct attest_eventlog *eventlog,
                       const struct attest_quote_demands *demands, struct attest_verdict *verdict)
{
    const struct attest_eventlog_demands logs = { .allow_newer = demands->allow_newer };
    bool same = attest_eventlog_expects(eventlog, attest_quote_pcrs(quote));

    attest_verdict_add(verdict, same, "eventlog", "expected logs compared with the quoted values, found %s",
                       same ? "them" : "others");
    attest_eventlog_check(eventlog, &logs, verdict);
}

static void check_policy(const struct attest_quote *quote, const struct attest_eventlog *eventlog,
                         const struct attest_policy *policy, struct attest_verdict *verdict)
{
    const struct attest_pcrs *pcrs = attest_quote_pcrs(quote);
    struct attest_policy_facts facts = { 0 };

    facts.pcrs[pcrs->bank] = *pcrs;
    if (eventlog)
        facts.secure_boot = attest_eventlog_secure_boot(eventlog, &facts.secure_boot_reason);
    attest_policy_check(policy, &facts, verdict);
}

enum attest_error attest_quote_check_context(const struct attest_quote *quote,
                                             const struct attest_quote_demands *demands,
                                             struct attest_verdict *verdict)
{
    _cleanup_(attest_eventlog_cleanup) struct attest_eventlog *own = NULL;
    const struct attest_eventlog *eventlog = demands->eventlog;

    if (!eventlog) {
        attest_try(attest_quote_replay(quote, &own, NULL));
        eventlog = own;
    }
    if (eventlog)
        check_logs(quote, eventlog, demands, verdict);
    if (demands->policy)
        check_policy(quote, eventlog, demands->policy, verdict);
    return ATTEST_OK;
}
