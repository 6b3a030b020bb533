/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finished jobs in files, so that a memctld that is started anew still knows the last ones, and whoever
 * waited for one hears how it ended: a file a job in /run/memctl/jobs. They go with the machine's stop, as
 * what they tell of does.
 *
 * A file is read like anything from outside: one that is not as written here is left out, and named.
 */
#ifndef MEMCTL_JOB_PAST_H
#define MEMCTL_JOB_PAST_H

#include "daemon/job/job.h"

#define PAST_DIRECTORY "run/memctl/jobs"

/* 0, or -errno with nothing changed. */
int past_save(int root_fd, const struct job *job);

/* Without effect where there is none. */
void past_forget(int root_fd, uint32_t id);

/*
 * All there are, ascending by id, finished and with an operation that does nothing more; *ret_n of them, to
 * be freed, as is the array. Files that are no such jobs are named in *problems (to be freed; NULL: there
 * are none), a line each. 0 or -errno.
 */
int past_load(struct machine *machine, job_changed_t changed, void *userdata, struct job ***ret,
              size_t *ret_n, char **problems);

#endif
