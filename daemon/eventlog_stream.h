/* SPDX-License-Identifier: Apache-2.0 */
/* A whole log on its way to a caller, a piece at a time, as it is or as JSON. */
#ifndef ATTESTD_EVENTLOG_STREAM_H
#define ATTESTD_EVENTLOG_STREAM_H

#include "daemon/eventlog_state.h"

/* A piece is about so long; one with a long event is longer by that. */
#define EVENTLOG_STREAM_PIECE ((size_t)32 << 10)

/* So many at the same time: each of IMA and systemd holds a descriptor and a window. */
#define EVENTLOG_STREAMS_MAX 32

struct eventlog_stream;

/* On the log thread. ATTEST_BUSY where there are too many; otherwise as eventlog_state_open. */
enum attest_error eventlog_stream_open(struct eventlog_state *state, enum attest_log log, bool json,
                                       struct eventlog_stream **ret_stream, struct attest_diag *diag)
    attest_must_check;

/* Appends the next piece. On the log thread. A log that can't be read at all fails; one that can't be read on
 * says so in its JSON. */
enum attest_error eventlog_stream_next(struct eventlog_stream *stream, struct attest_bytes *out,
                                       struct attest_diag *diag) attest_must_check;

/* Whether that was all. */
bool eventlog_stream_is_over(const struct eventlog_stream *stream);

/* On any thread. NULL is accepted. */
void eventlog_stream_close(struct eventlog_stream *stream);

#endif
