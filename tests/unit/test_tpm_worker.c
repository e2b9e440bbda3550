/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are all answered, in order and in time, whatever the TPM does? Against swtpm, which is stopped, killed and
 * started again on the way. Run with ThreadSanitizer it also says whether the two threads keep apart.
 */
#include "tests/unit/swtpm.h"

#include "daemon/clock.h"
#include "daemon/tpm_session.h"
#include "daemon/tpm_worker.h"
#include "tpm/properties.h"

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#define PATIENCE     20000 /* milliseconds: what takes longer has failed */
#define ORDER_MAX    16
#define ARGUMENT_MAX 32

struct test_job {
    struct job job;
    atomic_uint references;
    char name;
    sem_t *gate; /* waits there while it runs; NULL: not at all */
};

static struct config *config;
static struct tpm_worker *worker;
static int wake_fd;
static pid_t swtpm_pid;
static sem_t gate, gate_reached;
static char order[ORDER_MAX + 1];
static atomic_uint ran;

static void ref(struct job *job)
{
    ((struct test_job *)job)->references++;
}

static void unref(struct job *job)
{
    ((struct test_job *)job)->references--;
}

static enum attest_error run(struct job *job, struct tpm_session *session, struct attest_diag *diag)
{
    struct test_job *self = (struct test_job *)job;
    struct attest_tpm_properties properties;

    if (self->gate) {
        sem_post(&gate_reached);
        sem_wait(self->gate);
    }
    if (ran < ORDER_MAX)
        order[ran++] = self->name;
    return attest_tpm_properties_read(session->tpm, &properties, diag);
}

static struct test_job make_job(char name)
{
    return (
        struct test_job){ .job = { .run = run, .ref = ref, .unref = unref }, .references = 1, .name = name };
}

static enum attest_error submit(struct test_job *job)
{
    struct attest_diag diag = { 0 };

    return tpm_worker_submit(worker, &job->job, &diag);
}

/* What the main loop does, once. */
static unsigned collect(void)
{
    unsigned collected = 0;

    tpm_worker_supervise(worker, clock_now());
    for (struct job *job; (job = tpm_worker_collect(worker)); collected++)
        job->unref(job);
    return collected;
}

#define wait_for(condition)                                                                                    \
    do {                                                                                                       \
        for (uint64_t limit_ = clock_now() + PATIENCE; !(condition) && clock_now() < limit_; usleep(2000))     \
            collect();                                                                                         \
        assert_true(condition);                                                                                \
    } while (0)

#define wait_for_jobs(number)                                                                                  \
    do {                                                                                                       \
        unsigned done_ = 0;                                                                                    \
        for (uint64_t limit_ = clock_now() + PATIENCE; done_ < (number) && clock_now() < limit_; usleep(2000)) \
            done_ += collect();                                                                                \
        assert_int_equal(done_, number);                                                                       \
    } while (0)

static bool is_open(void)
{
    struct tpm_worker_state state = tpm_worker_state(worker);

    return state.open && !state.hung;
}

static struct config *make_config(void)
{
    struct config *made = calloc(1, sizeof *made);

    assert_non_null(made);
    made->references = 1;
    made->tcti = strdup(swtpm_tcti());
    made->vendor_tcti = strdup(VENDOR_TCTI_AUTO);
    made->queue_length = 3;
    made->request_timeout = PATIENCE;
    made->command_timeout = PATIENCE;
    made->ak_handle = TEST_HANDLE;
    return made;
}

static void start(void)
{
    memset(order, 0, sizeof order);
    ran = 0;
    assert_int_equal(sem_init(&gate, 0, 0), 0);
    assert_int_equal(sem_init(&gate_reached, 0, 0), 0);
    assert_ok(tpm_worker_start(config, wake_fd, &worker, NULL));
    wait_for(tpm_worker_state(worker).settled);
}

static int set_up(void **state)
{
    (void)state;
    config = make_config();
    wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return wake_fd < 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (worker && tpm_worker_stop(worker))
        tpm_worker_free(worker);
    worker = NULL;
    config_unref(config);
    close(wake_fd);
    return 0;
}

/* A job that is running and goes on until `gate` is posted. */
static void occupy(struct test_job *job)
{
    job->gate = &gate;
    assert_ok(submit(job));
    sem_wait(&gate_reached);
}

static void test_serves(void **state)
{
    struct test_job job = make_job('a');
    char name[TPM_WORKER_AK_SIZE];
    uint64_t count;

    (void)state;
    start();
    assert_true(is_open());
    tpm_worker_ak_name(worker, name);
    assert_int_equal(strlen(name), 68);
    assert_ok(submit(&job));
    wait_for_jobs(1);
    assert_error(job.job.error, ATTEST_OK);
    wait_for(job.references == 1);
    assert_true(read(wake_fd, &count, sizeof count) > 0);
    assert_true(tpm_worker_state(worker).commands > 2);
    assert_true(tpm_worker_state(worker).alive);
}

static void test_order(void **state)
{
    struct test_job jobs[] = { make_job('1'), make_job('2'), make_job('3'), make_job('u'), make_job('v') };

    (void)state;
    start();
    occupy(&jobs[0]);
    jobs[3].job.urgent = jobs[4].job.urgent = true;
    for (size_t i = 1; i < COUNT(jobs); i++)
        assert_ok(submit(&jobs[i]));
    assert_int_equal(tpm_worker_state(worker).queued, 4);
    sem_post(&gate);
    wait_for_jobs(COUNT(jobs));
    assert_string_equal(order, "1uv23");
    for (size_t i = 0; i < COUNT(jobs); i++) {
        assert_error(jobs[i].job.error, ATTEST_OK);
        wait_for(jobs[i].references == 1);
    }
}

/* Others can fill the queue; the unlock door has places of its own. */
static void test_full(void **state)
{
    struct test_job first = make_job('1'), late = make_job('2'), jobs[3 + 8], urgent_late = make_job('3');

    (void)state;
    start();
    occupy(&first);
    for (size_t i = 0; i < COUNT(jobs); i++) {
        jobs[i] = make_job('a');
        jobs[i].job.urgent = i >= 3;
        assert_ok(submit(&jobs[i]));
    }
    urgent_late.job.urgent = true;
    assert_error(submit(&late), ATTEST_BUSY);
    assert_error(submit(&urgent_late), ATTEST_BUSY);
    assert_int_equal(late.references, 1);
    assert_int_equal(urgent_late.references, 1);
    sem_post(&gate);
    wait_for_jobs(1 + COUNT(jobs));
    assert_ok(submit(&late));
    wait_for_jobs(1);
}

/* Who waits and who is being served are both answered at their deadline; the thread keeps its own hold. */
static void test_deadline(void **state)
{
    struct test_job running = make_job('1'), waiting = make_job('2'), after = make_job('3');

    (void)state;
    config->request_timeout = 100;
    start();
    occupy(&running);
    assert_ok(submit(&waiting));
    assert_true(tpm_worker_supervise(worker, clock_now()) <= running.job.deadline);
    wait_for_jobs(2);
    assert_error(running.job.error, ATTEST_TPM_TIMEOUT);
    assert_error(waiting.job.error, ATTEST_TPM_TIMEOUT);
    assert_int_equal(tpm_worker_state(worker).timeouts, 2);
    assert_int_equal(running.references, 2);
    assert_int_equal(waiting.references, 1);
    sem_post(&gate);
    wait_for(running.references == 1);
    assert_int_equal(collect(), 0);
    assert_ok(submit(&after));
    wait_for_jobs(1);
    assert_string_equal(order, "13"); /* 2 was over before its turn */
}

static void test_stop(void **state)
{
    struct test_job running = make_job('1'), waiting = make_job('2'), late = make_job('3');

    (void)state;
    start();
    occupy(&running);
    assert_ok(submit(&waiting));
    uint64_t before = clock_now();
    assert_false(tpm_worker_stop(worker)); /* it is in a job that does not end */
    assert_in_range(clock_now() - before, 500, 5000);
    wait_for_jobs(2);
    assert_error(running.job.error, ATTEST_TPM_LOST);
    assert_error(waiting.job.error, ATTEST_TPM_LOST);
    assert_error(submit(&late), ATTEST_TPM_LOST);
    sem_post(&gate);
    assert_true(tpm_worker_stop(worker));
    assert_int_equal(running.references, 1);
    tpm_worker_free(worker);
    worker = NULL;
}

/* What was not collected is let go of. */
static void test_free_unrefs(void **state)
{
    struct test_job job = make_job('1');

    (void)state;
    start();
    assert_ok(submit(&job));
    assert_true(tpm_worker_stop(worker));
    assert_int_equal(job.references, 2);
    tpm_worker_free(worker);
    worker = NULL;
    assert_int_equal(job.references, 1);
}

/* swtpm's TCTI waits without limit: only supervision sees it. */
static void test_hung(void **state)
{
    struct test_job running = make_job('1'), waiting = make_job('2'), refused = make_job('3');

    (void)state;
    config->command_timeout = 300;
    start();
    assert_int_equal(kill(swtpm_pid, SIGSTOP), 0);
    uint64_t before = clock_now();
    assert_ok(submit(&running));
    assert_ok(submit(&waiting));
    wait_for_jobs(2);
    assert_in_range(clock_now() - before, 200, 5000);
    assert_error(running.job.error, ATTEST_TPM_TIMEOUT);
    assert_error(waiting.job.error, ATTEST_TPM_TIMEOUT);
    assert_true(tpm_worker_state(worker).hung);
    assert_true(tpm_worker_state(worker).alive); /* a hung TPM is no reason to be killed */
    assert_true(tpm_worker_state(worker).retry_after > 0);
    assert_error(submit(&refused), ATTEST_TPM_TIMEOUT);
    assert_int_equal(kill(swtpm_pid, SIGCONT), 0);
    wait_for(is_open());
    wait_for(running.references == 1);
    assert_ok(submit(&refused));
    wait_for_jobs(1);
    assert_error(refused.job.error, ATTEST_OK);
}

/* The words that swtpm was started with, and the sockets that it made. */
static void restart_swtpm(char *const arguments[])
{
    extern char **environ;
    const char *path = strstr(swtpm_tcti(), "path=") + strlen("path=");
    char control[256];

    snprintf(control, sizeof control, "%s.ctrl", path);
    unlink(path);
    unlink(control);
    assert_int_equal(posix_spawnp(&swtpm_pid, arguments[0], NULL, NULL, arguments, environ), 0);
}

static void read_arguments(char words[4096], char *ret_arguments[ARGUMENT_MAX])
{
    char path[64];
    size_t count = 0;

    snprintf(path, sizeof path, "/proc/%d/cmdline", swtpm_pid);
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = read(fd, words, 4095);
    assert_true(size > 0 && size < 4095);
    words[size] = '\0';
    for (char *word = words; word < words + size && count < ARGUMENT_MAX - 1; word += strlen(word) + 1)
        ret_arguments[count++] = word;
    ret_arguments[count] = NULL;
}

static void test_killed(void **state)
{
    struct test_job lost = make_job('1'), refused = make_job('2'), back = make_job('3');
    char words[4096], *arguments[ARGUMENT_MAX], before[TPM_WORKER_AK_SIZE], after[TPM_WORKER_AK_SIZE];

    (void)state;
    if (!strstr(swtpm_tcti(), "path="))
        skip();
    start();
    tpm_worker_ak_name(worker, before);
    read_arguments(words, arguments);
    assert_int_equal(kill(swtpm_pid, SIGKILL), 0);
    assert_ok(submit(&lost));
    wait_for_jobs(1);
    assert_error(lost.job.error, ATTEST_TPM_LOST);
    wait_for(!tpm_worker_state(worker).open);
    assert_error(submit(&refused), ATTEST_TPM_LOST);
    restart_swtpm(arguments);
    wait_for(is_open());
    tpm_worker_ak_name(worker, after);
    assert_string_equal(after, before);
    assert_ok(submit(&back));
    wait_for_jobs(1);
    assert_error(back.job.error, ATTEST_OK);
    assert_true(tpm_worker_state(worker).reopens > 0);
    assert_int_equal(lost.references, 1);
}

static void test_reconfigured(void **state)
{
    struct config *same = make_config(), *other = make_config();
    char before[TPM_WORKER_AK_SIZE], after[TPM_WORKER_AK_SIZE];

    (void)state;
    other->ak_handle = TEST_HANDLE + 1;
    other->ak_algorithm = ATTEST_TPM_AK_ECDSA_P384;
    start();
    tpm_worker_ak_name(worker, before);
    tpm_worker_reconfigure(worker, same);
    tpm_worker_reconfigure(worker, other);
    config_unref(same);
    wait_for((tpm_worker_ak_name(worker, after), strlen(after) == 100));
    wait_for(is_open());
    tpm_worker_reconfigure(worker, config);
    wait_for((tpm_worker_ak_name(worker, after), strcmp(after, before) == 0));
    assert_int_equal(other->references, 1);
    config_unref(other);
}

static void test_handle_taken(void **state)
{
    struct test_job job = make_job('1');

    (void)state;
    assert_int_equal(swtpm_open(NULL), 0);
    ESYS_TR object = swtpm_create(ESYS_TR_RH_OWNER, true);
    swtpm_persist(object, TEST_HANDLE + 2);
    swtpm_flush(object);
    swtpm_close(NULL);
    config->ak_handle = TEST_HANDLE + 2;
    start();
    assert_false(is_open());
    assert_error(tpm_worker_state(worker).error, ATTEST_TPM_HANDLE_TAKEN);
    assert_error(submit(&job), ATTEST_TPM_HANDLE_TAKEN);
    assert_int_equal(job.references, 1);
}

#define with_worker(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_worker(test_serves),       with_worker(test_order),  with_worker(test_full),
        with_worker(test_deadline),     with_worker(test_stop),   with_worker(test_free_unrefs),
        with_worker(test_hung),         with_worker(test_killed), with_worker(test_reconfigured),
        with_worker(test_handle_taken),
    };
    if (!swtpm_tcti() || !getenv("SWTPM_PID"))
        return swtpm_skip();
    swtpm_pid = (pid_t)strtol(getenv("SWTPM_PID"), NULL, 10);
    return cmocka_run_group_tests_name("tpm_worker", tests, NULL, NULL);
}
