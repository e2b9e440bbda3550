/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in these logs? Trusts nothing in them: texts are made printable on their way to a terminal, and
 * however long a log is, one record at a time is held.
 */
#include "daemon/ctl/logs.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "codec/json.h"
#include "daemon/ctl/output.h"
#include "evidence/logjson.h"
#include "flow/logfile.h"

#include <string.h>
#include <unistd.h>

#define INDENT 4

/* `path` is the caller's, and outlives the file: a failure is told when the file is closed. */
static enum attest_error replay(struct ctl_call *call, const char *path, struct attest_logfile *file,
                                struct attest_eventlog *eventlog)
{
    call->subject = path;
    if (attest_eventlog_has(eventlog, file->reader.log))
        return attest_fail(&call->diag, ATTEST_USAGE, "it again", "one %s log",
                           attest_log_name(file->reader.log));
    attest_try(attest_eventlog_read(eventlog, &file->reader, &call->diag));
    attest_eventlog_end(eventlog, &file->reader);
    if (attest_logfile_is_incomplete(file))
        attest_eventlog_mark_incomplete(eventlog);
    call->subject = NULL;
    return ATTEST_OK;
}

enum attest_error ctl_logs_add_any(struct ctl_call *call, const char *path, struct attest_eventlog *eventlog)
{
    _cleanup_(attest_logfile_cleanup) struct attest_logfile *file = NULL;

    call->subject = path;
    attest_try(attest_logfile_detect(path, &file, &call->diag));
    return replay(call, path, file, eventlog);
}

enum attest_error ctl_logs_add(struct ctl_call *call, const char *path, enum attest_log log,
                               struct attest_eventlog *eventlog)
{
    _cleanup_(attest_logfile_cleanup) struct attest_logfile *file = NULL;

    call->subject = path;
    attest_try(attest_logfile_detect(path, &file, &call->diag));
    if (file->reader.log != log)
        return attest_fail(&call->diag, ATTEST_MALFORMED, "what begins like another", "a log of kind %s",
                           attest_log_name(log));
    return replay(call, path, file, eventlog);
}

enum attest_error ctl_logs_add_options(struct ctl_call *call, struct attest_eventlog *eventlog)
{
    static const struct {
        enum ctl_option_id option;
        enum attest_log log;
    } logs[] = { { CTL_IMA, ATTEST_LOG_IMA }, { CTL_USERSPACE, ATTEST_LOG_USERSPACE } };

    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
        if (call->value[logs[i].option])
            attest_try(ctl_logs_add(call, call->value[logs[i].option], logs[i].log, eventlog));
    return ATTEST_OK;
}

/* Where in the output, and what is printed there. */
struct place {
    int indent;
    bool first; /* of the members of an element of a list */
};

static enum attest_error print_member(const char *name, const struct attest_json *value, void *context,
                                      struct attest_diag *diag);

static void print_name(const char *name, struct place *place)
{
    printf("%*s%s:", place->first ? 0 : place->indent, "", name);
    place->first = false;
}

static void print_scalar(const struct attest_json *value)
{
    struct attest_view text;
    uint64_t number;
    bool truth;

    if (attest_json_text(value, &text))
        ctl_output_text(stdout, text, false);
    else if (attest_json_unsigned(value, &number))
        printf("%ju", (uintmax_t)number);
    else if (attest_json_boolean(value, &truth))
        fputs(truth ? "yes" : "no", stdout);
    fputc('\n', stdout);
}

/* Each element begins with a dash. The depth is the JSON reader's, at most 16. */
static enum attest_error print_list(const struct attest_json *list, int indent, struct attest_diag *diag)
{
    const struct attest_json *item;

    for (size_t i = 0; (item = attest_json_element(list, i)); i++) {
        struct place place = { indent + 2, true };
        printf("%*s- ", indent, "");
        if (attest_json_is_object(item))
            attest_try(attest_json_each(item, print_member, &place, diag));
        else
            print_scalar(item);
    }
    return ATTEST_OK;
}

static enum attest_error print_member(const char *name, const struct attest_json *value, void *context,
                                      struct attest_diag *diag)
{
    struct place *place = context, inner = { place->indent + 2, false };

    print_name(name, place);
    if (attest_json_is_object(value)) {
        fputc('\n', stdout);
        return attest_json_each(value, print_member, &inner, diag);
    }
    if (attest_json_is_array(value)) {
        fputc('\n', stdout);
        return print_list(value, place->indent + 2, diag);
    }
    fputc(' ', stdout);
    print_scalar(value);
    return ATTEST_OK;
}

/* From its JSON, so that people and programs are told the same. */
static enum attest_error print_record(struct attest_view json, struct attest_diag *diag)
{
    _cleanup_(attest_json_cleanup) struct attest_json *root = NULL;
    struct place place = { INDENT, true };

    attest_try(attest_json_parse(json, ATTEST_LOGJSON_RECORD_MAX, &root, diag));
    return attest_json_each(root, print_member, &place, diag);
}

static enum attest_error tell_record(const struct ctl_call *call, const struct attest_log_record *record,
                                     struct attest_hasher *hasher, struct attest_bytes *out,
                                     struct attest_diag *diag)
{
    struct attest_json_writer json = { .out = out };

    out->size = 0;
    attest_try(attest_logjson_write(&json, record, hasher));
    attest_try(attest_bytes_check(out));
    if (!call->value[CTL_JSON])
        return print_record(attest_bytes_view(out), diag);
    fputs(record->at.index > 0 ? ",\n" : "\n", stdout);
    ctl_output_raw(attest_bytes_view(out));
    return ATTEST_OK;
}

static enum attest_error tell_records(struct ctl_call *call, struct attest_logreader *reader)
{
    _cleanup_(attest_hasher_cleanup) struct attest_hasher *hasher = NULL;
    _cleanup_(attest_bytes_done) struct attest_bytes out = attest_bytes_init(ATTEST_LOGJSON_RECORD_MAX);
    const struct attest_log_record *record = NULL;

    attest_try(attest_hasher_new(&hasher));
    for (;;) {
        attest_try(attest_logreader_next(reader, &record, &call->diag));
        if (!record)
            return ATTEST_OK;
        attest_try(tell_record(call, record, hasher, &out, &call->diag));
    }
}

enum attest_error ctl_logs_tell(struct ctl_call *call, struct attest_logreader *reader)
{
    const bool json = call->value[CTL_JSON] != NULL;

    if (json)
        printf("{\"log\":\"%s\",\"events\":[", attest_log_name(reader->log));
    enum attest_error error = tell_records(call, reader);
    if (error == ATTEST_OK)
        error = attest_logreader_end(reader, &call->diag);
    if (json)
        printf("\n],\"whole\":%s}\n", error == ATTEST_OK ? "true" : "false");
    return error;
}
