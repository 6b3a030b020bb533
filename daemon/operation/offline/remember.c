/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Notes how long a job took that did what was asked, for the estimates of later ones.
 */
#include "daemon/core/aside.h"
#include "daemon/core/crash.h"
#include "daemon/machine/history.h"
#include "daemon/operation/offline/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
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

struct note {
        int root_fd;
        struct history_job past;
};

/* A disk may be slow. One at a time: a file that has got long is written anew. */
static void write_note(void *what)
{
        static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        struct note *note = what;
        int r;

        (void) pthread_mutex_lock(&mutex);
        r = make_folder(note->root_fd);
        if (r >= 0)
                r = history_add(note->root_fd, HISTORY_FILE + 1, &note->past);
        (void) pthread_mutex_unlock(&mutex);
        crash_at(CRASH_REMEMBERED);
        if (r < 0)
                (void) fprintf(stderr, "memctld: %s: the job's time is not kept for estimates: %s\n",
                               HISTORY_FILE, strerror(-r));
        close(note->root_fd);
        free(note);
}

void offline_remember(const struct offline *offline)
{
        const struct change *change = &offline->change;
        uint64_t page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        const struct history_job past = {
                .blocks = change->steps.n_done,
                .pages_moved = change->job->progress.pages_migrated,
                .pages_dropped = offline->stood && offline->plan.cache_known
                                         ? offline->plan.drop_bytes / page_size
                                         : 0,
                .usec = offline->emptied_at - change->job->started_at,
                .fenced = offline->stood,
                .bounded = change->options.rate > 0 || change->options.max_pause_usec > 0,
        };
        struct note *note;

        if (change->verb == JOB_DIMM_EJECT || past.blocks == 0 || change->recovered || offline->slowed)
                return;
        note = malloc(sizeof(*note));
        if (!note)
                return;
        *note = (struct note){ .root_fd = fcntl(change->machine->tree->root_fd, F_DUPFD_CLOEXEC, 0),
                               .past = past };
        aside_run(write_note, note);
}
