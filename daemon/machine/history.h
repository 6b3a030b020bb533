/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long offlining took on this machine: one line of JSON a job, in /var/lib/memctl/history. Read like
 * anything else from outside: a line that is not as it should be is passed over.
 */
#ifndef MEMCTL_MACHINE_HISTORY_H
#define MEMCTL_MACHINE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_FILE "/var/lib/memctl/history"
#define HISTORY_MAX  64 /* jobs kept: the last ones */

struct history_job {
        uint64_t blocks;      /* taken offline */
        uint64_t pages_moved; /* by the whole machine, meanwhile */
        uint64_t pages_dropped; /* of clean page cache */
        uint64_t usec;
        bool fenced;
        bool bounded;         /* by a rate or a longest pause: says nothing about others */
};

struct history {
        struct history_job jobs[HISTORY_MAX]; /* oldest first */
        size_t n_jobs;
};

/* Nothing, when there is no such file. A relative path is below directory_fd. */
void history_read(int directory_fd, const char *path, struct history *ret);

/*
 * Adds a job; the file is written anew when it has grown to twice what is kept, or its last line was cut
 * off. Its folder is there. 0 or -errno. One process at a time.
 */
int history_add(int directory_fd, const char *path, const struct history_job *job);

#endif
