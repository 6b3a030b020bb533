/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Notes how long a job took that did what was asked, for the estimates of later ones.
 */
#include "daemon/job/internal.h"
#include "daemon/machine/history.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* systemd makes it; where nobody has, as in a rescue system, it is made here. */
static int make_folder(int root_fd)
{
        static const char *const folders[] = { "var", "var/lib", "var/lib/memctl" };

        for (size_t i = 0; i < ELEMENTSOF(folders); i++)
                if (mkdirat(root_fd, folders[i], 0755) < 0 && errno != EEXIST)
                        return -errno;
        return 0;
}

void job_remember(const struct job *job)
{
        uint64_t page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        const struct history_job past = {
                .blocks = job->n_done,
                .pages_moved = job->migrated,
                .pages_dropped = job->fenced && job->plan.cache_known ? job->plan.drop_bytes / page_size : 0,
                .usec = job->emptied_at - job->started_at,
                .fenced = job->fenced,
                .bounded = job->options.rate > 0 || job->options.max_pause_usec > 0,
        };
        int root_fd = job->machine->tree->root_fd, r;

        if (!job_is_offline(job) || job->n_done == 0 || job->recovered || job->slowed)
                return;
        r = make_folder(root_fd);
        if (r >= 0)
                r = history_add(root_fd, HISTORY_FILE + 1, &past);
        if (r < 0)
                (void) fprintf(stderr, "memctld: %s: the job's time is not kept for estimates: %s\n", HISTORY_FILE,
                               strerror(-r));
}
