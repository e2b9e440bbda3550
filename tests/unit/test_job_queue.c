/* SPDX-License-Identifier: Apache-2.0 */
/* Is it first in, first out, urgent jobs first, and does the end stay the end? */
#include "tests/unit/unit.h"

#include "daemon/job_queue.h"

#define JOBS 6

static struct job_queue queue;
static struct job jobs[JOBS];

static void push(const char *order)
{
    job_queue_init(&queue);
    memset(jobs, 0, sizeof jobs);
    for (size_t i = 0; order[i]; i++) {
        jobs[i].urgent = order[i] == 'u' || order[i] == 'D';
        jobs[i].dear = order[i] == 'd' || order[i] == 'D';
        jobs[i].deadline = 100 * (i + 1);
        job_queue_push(&queue, &jobs[i]);
        assert_int_equal(queue.length, i + 1);
    }
}

/* Digits: which of the pushed ones come out. */
static void assert_order(const char *order)
{
    for (size_t i = 0; order[i]; i++) {
        struct job *job = job_queue_pop(&queue);
        assert_ptr_equal(job, &jobs[order[i] - '0']);
        assert_null(job->next);
    }
    assert_null(job_queue_pop(&queue));
    assert_int_equal(queue.length, 0);
    assert_ptr_equal(queue.end, &queue.first);
}

static void test_order(void **state)
{
    static const struct {
        const char *pushed, *popped;
    } orders[] = {
        { "", "" },         { "n", "0" },           { "nnn", "012" },       { "u", "0" },
        { "un", "01" },     { "nu", "10" },         { "nnunu", "24013" },   { "uuu", "012" },
        { "nuu", "120" },   { "ununun", "024135" }, { "nnnnnu", "501234" }, { "ddd", "012" },
        { "ddn", "021" },   { "ddnn", "0213" },     { "dndn", "0123" },     { "ddD", "201" },
        { "dDDn", "1230" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        push(orders[i].pushed);
        assert_order(orders[i].popped);
    }
}

static void test_push_after_pop(void **state)
{
    (void)state;
    push("nn");
    assert_ptr_equal(job_queue_pop(&queue), &jobs[0]);
    job_queue_push(&queue, &jobs[0]);
    assert_order("10");
    job_queue_push(&queue, &jobs[1]);
    assert_order("1");
}

/* From the beginning, the middle and the end; what is pushed after goes behind what is left. */
static void test_late(void **state)
{
    (void)state;
    push("nnn");
    assert_int_equal(job_queue_deadline(&queue), 100);
    assert_null(job_queue_pop_late(&queue, 99));
    assert_ptr_equal(job_queue_pop_late(&queue, 100), &jobs[0]);
    assert_null(job_queue_pop_late(&queue, 100));
    assert_int_equal(job_queue_deadline(&queue), 200);
    jobs[2].deadline = 150;
    assert_int_equal(job_queue_deadline(&queue), 150);
    assert_ptr_equal(job_queue_pop_late(&queue, 160), &jobs[2]);
    job_queue_push(&queue, &jobs[0]);
    assert_order("10");
    assert_int_equal(job_queue_deadline(&queue), UINT64_MAX);
    assert_null(job_queue_pop_late(&queue, UINT64_MAX));
}

static void test_late_in_the_middle(void **state)
{
    (void)state;
    push("nnnn");
    jobs[1].deadline = jobs[2].deadline = 1;
    assert_ptr_equal(job_queue_pop_late(&queue, 1), &jobs[1]);
    assert_ptr_equal(job_queue_pop_late(&queue, 1), &jobs[2]);
    assert_int_equal(queue.length, 2);
    assert_order("03");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_push_after_pop),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_late_in_the_middle),
    };
    return cmocka_run_group_tests_name("job_queue", tests, NULL, NULL);
}
