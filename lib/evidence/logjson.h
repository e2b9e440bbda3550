/* SPDX-License-Identifier: Apache-2.0 */
/* A record of an event log as JSON (attestd-api(7), "Events"). */
#ifndef ATTEST_EVIDENCE_LOGJSON_H
#define ATTEST_EVIDENCE_LOGJSON_H

#include "base/hash.h"
#include "codec/json_writer.h"
#include "codec/logreader.h"

/* One record becomes at most so many bytes. */
#define ATTEST_LOGJSON_RECORD_MAX ((size_t)256 << 10)

/* Writes an object. Whether what the record says is what was digested is told ("proven"): only then, and
 * where the replay agrees, is what it says worth more than whoever wrote the log. */
enum attest_error attest_logjson_write(struct attest_json_writer *json, const struct attest_log_record *record,
                                       struct attest_hasher *hasher) attest_must_check;

#endif
