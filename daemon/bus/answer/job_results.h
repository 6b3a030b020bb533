/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What became of a job's blocks, and why, as values of a message: a bounded number of each, since a job may
 * have 100,000 blocks, and a bus carries only so much.
 */
#ifndef MEMCTL_BUS_JOB_RESULTS_H
#define MEMCTL_BUS_JOB_RESULTS_H

#include "daemon/bus/value/reasons.h"
#include "daemon/job/job.h"

#include <systemd/sd-bus.h>

/* In a property, which everybody may read, and which comes with all others of all jobs. */
#define JOB_REASONS_SHOWN 64U  /* the first */
#define JOB_RESULTS_SHOWN 256U /* the last */

/* In the answer of a method. */
#define JOB_REASONS_ANSWERED 1024U
#define JOB_RESULTS_ANSWERED 16384U

/* Appends aa{sv}: up to n reasons from the one with that index on. 0 or -errno. */
int job_append_reasons(sd_bus_message *m, const struct job *job, size_t first, size_t n,
                       enum reason_detail detail);

/* Likewise a(us). */
int job_append_results(sd_bus_message *m, const struct job *job, size_t first, size_t n);

#endif
