/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn is it?
 */
#include "daemon/tpm_queue.h"

#include <stddef.h>

void tpm_queue_init(struct tpm_queue *queue)
{
    *queue = (struct tpm_queue){ .end = &queue->first };
}

void tpm_queue_push(struct tpm_queue *queue, struct tpm_job *job)
{
    struct tpm_job **at = queue->end;

    if (job->urgent)
        for (at = &queue->first; *at && (*at)->urgent;)
            at = &(*at)->next;
    job->next = *at;
    *at = job;
    if (!job->next)
        queue->end = &job->next;
    queue->length++;
}

static struct tpm_job *unlink_at(struct tpm_queue *queue, struct tpm_job **at)
{
    struct tpm_job *job = *at;

    *at = job->next;
    if (!*at)
        queue->end = at;
    job->next = NULL;
    queue->length--;
    return job;
}

struct tpm_job *tpm_queue_pop(struct tpm_queue *queue)
{
    return queue->first ? unlink_at(queue, &queue->first) : NULL;
}

struct tpm_job *tpm_queue_pop_late(struct tpm_queue *queue, uint64_t now)
{
    for (struct tpm_job **at = &queue->first; *at; at = &(*at)->next)
        if ((*at)->deadline <= now)
            return unlink_at(queue, at);
    return NULL;
}

uint64_t tpm_queue_deadline(const struct tpm_queue *queue)
{
    uint64_t earliest = UINT64_MAX;

    for (const struct tpm_job *job = queue->first; job; job = job->next)
        if (job->deadline < earliest)
            earliest = job->deadline;
    return earliest;
}
