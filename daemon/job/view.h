/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What others see of how far a job is: the properties of org.memctl1.Job that change, as docs/bus.md has
 * them.
 */
#ifndef MEMCTL_JOB_VIEW_H
#define MEMCTL_JOB_VIEW_H

#include "daemon/job/job.h"

struct job_view {
        const char *state, *stage, *result; /* words; static */
        uint32_t blocks_total, blocks_done, current_block; /* MEMCTL_NONE: it is at none */
        uint64_t pages_in_use, pages_migrated,
                pages_held; /* pages; in use: JOB_PAGES_UNKNOWN where not counted */
        uint64_t estimated_usec;
        uint64_t figures[_FIGURE_MAX]; /* JOB_FIGURE_NONE: it has none */
};

#define JOB_VIEW_CHANGES_MAX 11

void job_view(const struct job *job, struct job_view *ret);

/*
 * The names of the properties in which two views differ, in the order of docs/bus.md, with NULL behind the
 * last. How many. before: NULL: nobody has seen it yet, so all.
 */
size_t job_view_changes(const struct job_view *before, const struct job_view *after,
                        const char *names[JOB_VIEW_CHANGES_MAX + 1]);

/* Whether a change is told at once, however short ago the last was: the job is at something else, or over.
 */
bool job_view_is_urgent(const struct job_view *before, const struct job_view *after);

#endif
