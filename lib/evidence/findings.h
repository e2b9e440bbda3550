/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with event logs beside the values they make: one table of rules, the first breach of each. */
#ifndef ATTEST_EVIDENCE_FINDINGS_H
#define ATTEST_EVIDENCE_FINDINGS_H

#include "codec/logreader.h"

/* log, name of the check, what is demanded. The type of an event is under no digest, so nobody's word: these
 * rules let no event pass for what it is not. */
#define ATTEST_FINDING_TABLE(X)                                                                                \
    X(FIRMWARE, FORM, "log_form", "the firmware's log whole, to its end")                                      \
    X(FIRMWARE, TYPES, "log_types", "events of the types that each PCR may have (PFP 3.3.4)")                  \
    X(FIRMWARE, DIGESTS, "log_digests", "digests of the event's own data where the type says so")              \
    X(FIRMWARE, SEPARATORS, "log_separators", "one separator at most in PCR 0 to 7, by type and digest")       \
    X(FIRMWARE, BOOT_END, "log_boot_services", "nothing in PCR 0 to 7 after the end of boot services")         \
    X(FIRMWARE, LOCALITY, "log_locality", "one startup locality (0, 3 or 4), before PCR 0 is extended")        \
    X(IMA, IMA_FORM, "ima_form", "the IMA log whole, to its end")                                              \
    X(IMA, IMA_TEMPLATE, "ima_template", "hashes of the template data, in PCR 8 to 15")                        \
    X(IMA, IMA_AGGREGATE, "ima_boot_aggregate", "boot_aggregate first, over the firmware log's PCRs")          \
    X(USERSPACE, USERSPACE_FORM, "userspace_form", "systemd's log whole, to its end")                          \
    X(USERSPACE, USERSPACE_DIGESTS, "userspace_digests",                                                       \
      "digests of the words that were measured, none in PCR 0 to 7")

enum attest_finding_rule {
#define X(log, id, name, demand) ATTEST_FINDING_##id,
    ATTEST_FINDING_TABLE(X)
#undef X
        ATTEST_FINDING_COUNT
};

struct attest_finding {
    bool found;
    struct attest_log_position at;
    char what[96]; /* printable */
};

struct attest_findings {
    struct attest_finding rules[ATTEST_FINDING_COUNT];
};

/* Notes a breach, unless an earlier one of that rule is known. */
void attest_findings_note(struct attest_findings *findings, enum attest_finding_rule rule,
                          struct attest_log_position at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

enum attest_log attest_findings_log(enum attest_finding_rule rule);
const char *attest_findings_name(enum attest_finding_rule rule);
const char *attest_findings_demand(enum attest_finding_rule rule);

#endif
