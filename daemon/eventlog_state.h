/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event logs, as the log thread holds them: each read only from where it was left, and replayed so far. On
 * that thread alone.
 */
#ifndef ATTESTD_EVENTLOG_STATE_H
#define ATTESTD_EVENTLOG_STATE_H

#include "codec/pcrs.h"
#include "daemon/config.h"
#include "flow/logfile.h"

/* PCR values of one moment, in all banks that the TPM has active (bit n of `banks` is enum attest_hash n). */
struct eventlog_values {
    uint32_t banks;
    struct attest_pcrs pcrs[ATTEST_HASH_COUNT];
};

enum eventlog_presence {
    EVENTLOG_UNKNOWN, /* not looked at yet */
    EVENTLOG_ABSENT,  /* this machine has none: normal */
    EVENTLOG_UNREADABLE,
    EVENTLOG_READ,
};

enum eventlog_replay {
    EVENTLOG_REPLAY_UNKNOWN, /* no PCR values yet, or no firmware log */
    EVENTLOG_REPLAY_READING, /* not done yet: a long log */
    EVENTLOG_REPLAY_MATCHES,
    EVENTLOG_REPLAY_UNEXPLAINED, /* it matches, but for PCRs that were extended and that no log extends */
    EVENTLOG_REPLAY_DIFFERS,
};

struct eventlog_report {
    struct {
        enum eventlog_presence presence;
        size_t events;
        uint64_t bytes;          /* read and replayed */
        bool incomplete;         /* it ends within a record, or its writer died */
        enum attest_error error; /* of one that is unreadable */
        struct attest_diag diag;
    } logs[ATTEST_LOG_COUNT];
    enum eventlog_replay replay;
    enum attest_hash bank; /* of one that differs or is unexplained: the first such PCR */
    unsigned pcr;
    const char *note;  /* static */
    uint32_t inactive; /* banks that the logs have and the TPM has not active */
};

/* The firmware's log, whole: it never changes. Shared with answers that outlive it here. */
struct eventlog_memory {
    _Atomic unsigned references;
    struct attest_bytes bytes;
};

struct eventlog_memory *eventlog_memory_ref(struct eventlog_memory *memory);
void eventlog_memory_unref(struct eventlog_memory *memory); /* NULL is accepted */

struct eventlog_state;

/* `stopping` is looked at while there is much to read. NULL without memory. */
struct eventlog_state *eventlog_state_new(struct config *config, const _Atomic bool *stopping);
void eventlog_state_free(struct eventlog_state *state); /* NULL is accepted */
void eventlog_state_reconfigure(struct eventlog_state *state, struct config *config);

/* Reads on and compares, for a second at most; the report says what came of it. */
void eventlog_state_compare(struct eventlog_state *state, const struct eventlog_values *values);

/* Whether the last comparison is not done yet; and goes on with it. */
bool eventlog_state_is_behind(const struct eventlog_state *state);
void eventlog_state_go_on(struct eventlog_state *state);

const struct eventlog_report *eventlog_state_report(const struct eventlog_state *state);

/* The firmware's log, with a reference; or IMA's or systemd's from its beginning to where it ends now.
 * ATTEST_SYSTEM with ENOENT in diag->native where this machine has none; other errors: it can't be read. */
enum attest_error eventlog_state_firmware(struct eventlog_state *state, struct eventlog_memory **ret_memory,
                                          struct attest_diag *diag) attest_must_check;
enum attest_error eventlog_state_open(const struct eventlog_state *state, enum attest_log log,
                                      struct attest_logfile **ret_file, struct attest_diag *diag)
    attest_must_check;

#endif
