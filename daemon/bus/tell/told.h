/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What listeners have been told of each job, so that they hear of what changed and of nothing else, and a
 * few times a second: a job that moves pages changes all the time. A new state, and the end, are told at
 * once.
 */
#ifndef MEMCTL_BUS_TOLD_H
#define MEMCTL_BUS_TOLD_H

#include "daemon/job/job.h"

struct server;
struct told;

/* Nobody has been told anything. 0 or -ENOMEM. */
int told_new(struct server *server, struct told **ret);
struct told *told_free(struct told *told);

/* The job is as it is now for all listeners: they have just got all of its properties. */
void told_all(struct told *told, const struct job *job);

/* Tells what has changed since, now or within a quarter of a second. Memory being short costs the delay. */
void told_change(struct told *told, const struct job *job);

/* The job is gone. */
void told_forget(struct told *told, uint32_t id);

#endif
