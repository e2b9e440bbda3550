/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: read once, then never changed; a reload makes a new one. */
#ifndef ATTESTD_CONFIG_H
#define ATTESTD_CONFIG_H

#include "attest/eventlog.h"
#include "attest/hash.h"
#include "daemon/access.h"
#include "tpm/ak.h"

#define CONFIG_FILE      SYSCONFDIR "/attestd/attestd.conf"
#define VENDOR_TCTI_AUTO "auto"

enum endpoint {
    ENDPOINT_HEALTH, /* not to be narrowed: a monitor has to see */
    ENDPOINT_STATUS,
    ENDPOINT_PCRS,
    ENDPOINT_QUOTE,
    ENDPOINT_DOCUMENT,
    ENDPOINT_EVIDENCE,
    ENDPOINT_AK,
    ENDPOINT_AK_ACTIVATE,
    ENDPOINT_EK,
    ENDPOINT_EVENTLOG,
    ENDPOINT_OPENAPI,
    ENDPOINT_METRICS,
    ENDPOINTS,
};

/* Durations are in milliseconds. */
struct config {
    _Atomic unsigned references;
    unsigned max_connections;
    unsigned idle_timeout;
    unsigned request_timeout;
    unsigned queue_length;
    char *tcti;
    char *vendor_tcti; /* VENDOR_TCTI_AUTO, or a TCTI */
    unsigned command_timeout;
    unsigned ak_handle;
    enum attest_tpm_ak_algorithm ak_algorithm;
    enum attest_hash quote_bank;
    uint32_t quote_pcrs;
    char *eventlogs[ATTEST_LOG_COUNT]; /* paths */
    struct access_rule access[ENDPOINTS];
};

/* What the command line says of it; NULL where it says nothing. */
struct config_source {
    const char *path; /* NULL: CONFIG_FILE, which need not be there */
    const char *tcti; /* instead of [tpm] tcti, and so on */
    const char *vendor_tcti;
};

/* Reads the file, and path.d/ *.conf in the order of their names. `diag` is not optional; where something is
 * wrong, file and line are written to `ret_where`, of `where_size` bytes. */
enum attest_error config_load(const struct config_source *source, struct config **ret_config, char *ret_where,
                              size_t where_size, struct attest_diag *diag) attest_must_check;

/* A loaded configuration has one reference. NULL is accepted by unref. */
struct config *config_ref(struct config *config);
void config_unref(struct config *config);
void config_cleanup(struct config **config);

/* Whether both say the same of how the TPM and its AK are reached. */
bool config_same_tpm(const struct config *a, const struct config *b);

#endif
