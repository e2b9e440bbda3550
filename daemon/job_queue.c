/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn is it?
 */
#include "daemon/job_queue.h"

#include <stddef.h>

void job_queue_init(struct job_queue *queue)
{
    *queue = (struct job_queue){ .end = &queue->first };
}

void job_queue_push(struct job_queue *queue, struct job *job)
{
    struct job **at = queue->end;

    if (job->urgent)
        for (at = &queue->first; *at && (*at)->urgent;)
            at = &(*at)->next;
    job->next = *at;
    *at = job;
    if (!job->next)
        queue->end = &job->next;
    queue->length++;
    queue->dear += job->dear;
}

static struct job *unlink_at(struct job_queue *queue, struct job **at)
{
    struct job *job = *at;

    *at = job->next;
    if (!*at)
        queue->end = at;
    job->next = NULL;
    queue->length--;
    queue->dear -= job->dear;
    return job;
}

struct job *job_queue_pop(struct job_queue *queue)
{
    struct job **at = &queue->first;

    if (!*at)
        return NULL;
    while (queue->was_dear && *at && (*at)->dear && !(*at)->urgent)
        at = &(*at)->next;
    struct job *job = unlink_at(queue, *at ? at : &queue->first);
    queue->was_dear = job->dear;
    return job;
}

struct job *job_queue_pop_late(struct job_queue *queue, uint64_t now)
{
    for (struct job **at = &queue->first; *at; at = &(*at)->next)
        if ((*at)->deadline <= now)
            return unlink_at(queue, at);
    return NULL;
}

uint64_t job_queue_deadline(const struct job_queue *queue)
{
    uint64_t earliest = UINT64_MAX;

    for (const struct job *job = queue->first; job; job = job->next)
        if (job->deadline < earliest)
            earliest = job->deadline;
    return earliest;
}
