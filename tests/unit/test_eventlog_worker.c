/* SPDX-License-Identifier: Apache-2.0 */
/* Is every job answered once: in order, at its deadline while one is stuck, and at the stop? */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "daemon/eventlog_worker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define JOBS 8

struct test_job {
    struct job job; /* first */
    _Atomic int references, starts, runs;
    unsigned milliseconds;
    enum attest_error error;
};

static struct config config = {
    .references = 1,
    .request_timeout = 300,
    .queue_length = JOBS,
    .eventlogs = { (char *)"/nonexistent/0", (char *)"/nonexistent/1", (char *)"/nonexistent/2" },
};
static struct eventlog_worker *worker;
static struct test_job jobs[JOBS];
static int wake;
static _Atomic bool hold; /* the first job */

static void ref(struct job *job)
{
    ((struct test_job *)job)->references++;
}

static void unref(struct job *job)
{
    ((struct test_job *)job)->references--;
}

static enum attest_error read_log(struct job *job, struct eventlog_state *state, struct attest_diag *diag)
{
    struct test_job *test = (struct test_job *)job;

    assert_non_null(state);
    test->starts++;
    usleep(test->milliseconds * 1000);
    while (hold && test == &jobs[0])
        usleep(1000);
    test->runs++;
    return test->error == ATTEST_OK ? ATTEST_OK : attest_fail(diag, test->error, NULL, "a log");
}

static int set_up(void **state)
{
    (void)state;
    memset(jobs, 0, sizeof jobs);
    for (size_t i = 0; i < JOBS; i++)
        jobs[i].job = (struct job){ .read = read_log, .ref = ref, .unref = unref };
    wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return eventlog_worker_start(&config, wake, &worker, NULL) == ATTEST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (!eventlog_worker_stop(worker))
        return -1;
    eventlog_worker_free(worker);
    for (size_t i = 0; i < JOBS; i++)
        if (jobs[i].references != 0)
            return -1;
    return close(wake);
}

/* The next that is done, within two seconds. */
static struct test_job *collect(void)
{
    for (int i = 0; i < 200; i++) {
        struct pollfd fd = { wake, POLLIN, 0 };
        struct job *job = eventlog_worker_collect(worker);
        if (job)
            return (struct test_job *)job;
        poll(&fd, 1, 10);
        eventfd_t count;
        eventfd_read(wake, &count);
    }
    return NULL;
}

static void await_start(const struct test_job *job)
{
    while (job->starts == 0)
        usleep(1000);
}

static void test_in_order(void **state)
{
    (void)state;
    jobs[3].error = ATTEST_MALFORMED;
    for (size_t i = 0; i < JOBS; i++)
        assert_ok(eventlog_worker_submit(worker, &jobs[i].job, NULL));
    for (size_t i = 0; i < JOBS; i++) {
        struct test_job *job = collect();
        assert_ptr_equal(job, &jobs[i]);
        assert_error(job->job.error, jobs[i].error);
        assert_int_equal(job->runs, 1);
        job->job.unref(&job->job);
    }
}

static void test_deadlines(void **state)
{
    (void)state;
    jobs[0].milliseconds = 700; /* longer than request_timeout */
    for (size_t i = 0; i < 2; i++)
        assert_ok(eventlog_worker_submit(worker, &jobs[i].job, NULL));
    uint64_t next = eventlog_worker_supervise(worker, 0);
    assert_true(next != UINT64_MAX);
    await_start(&jobs[0]);
    assert_true(eventlog_worker_supervise(worker, next - 1) <= next);
    assert_null(eventlog_worker_collect(worker));
    assert_int_equal(eventlog_worker_supervise(worker, next + 1000), UINT64_MAX);
    for (size_t i = 0; i < 2; i++) {
        struct test_job *job = collect();
        assert_non_null(job);
        assert_error(job->job.error, ATTEST_SYSTEM);
        job->job.unref(&job->job);
    }
    assert_ok(eventlog_worker_submit(worker, &jobs[2].job, NULL)); /* what comes later is served, in time */
    struct test_job *job = collect();
    assert_ptr_equal(job, &jobs[2]);
    assert_ok(job->job.error);
    assert_int_equal(jobs[1].runs, 0);
    job->job.unref(&job->job);
}

static void test_full(void **state)
{
    static struct test_job more = { .job = { .read = read_log, .ref = ref, .unref = unref } };

    (void)state;
    hold = true;
    assert_ok(eventlog_worker_submit(worker, &jobs[0].job, NULL));
    await_start(&jobs[0]);
    for (size_t i = 1; i < JOBS; i++)
        assert_ok(eventlog_worker_submit(worker, &jobs[i].job, NULL));
    assert_ok(eventlog_worker_submit(worker, &more.job, NULL));
    assert_error(eventlog_worker_submit(worker, &more.job, NULL), ATTEST_BUSY);
    hold = false;
    for (size_t i = 0; i < JOBS + 1; i++) {
        struct test_job *job = collect();
        assert_non_null(job);
        job->job.unref(&job->job);
    }
    while (more.references > 0) /* the thread's own, for a moment */
        usleep(1000);
}

/* A stop answers all, also who is being served. */
static void test_stop(void **state)
{
    (void)state;
    jobs[0].milliseconds = 150;
    for (size_t i = 0; i < 3; i++)
        assert_ok(eventlog_worker_submit(worker, &jobs[i].job, NULL));
    await_start(&jobs[0]);
    assert_true(eventlog_worker_stop(worker));
    assert_error(eventlog_worker_submit(worker, &jobs[3].job, NULL), ATTEST_SYSTEM);
    for (size_t i = 0; i < 3; i++) {
        struct test_job *job = collect();
        assert_non_null(job);
        assert_error(job->job.error, ATTEST_SYSTEM);
        job->job.unref(&job->job);
    }
    eventlog_worker_free(worker);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(jobs[i].references, 0);
    close(wake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deadlines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
        cmocka_unit_test_setup(test_stop, set_up),
    };
    return cmocka_run_group_tests_name("eventlog_worker", tests, NULL, NULL);
}
