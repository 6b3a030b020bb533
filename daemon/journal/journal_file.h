/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the files of the journal: journal_write.c writes, journal_text.c says it in JSON,
 * journal_heading.c, journal_pool.c and journal_parse.c read that, journal_lock.c knows who is alive,
 * journal_busy.c asks what they work on, journal_find.c looks for those who are not.
 * Nobody else includes this.
 */
#ifndef MEMCTL_JOURNAL_JOURNAL_FILE_H
#define MEMCTL_JOURNAL_JOURNAL_FILE_H

#include "daemon/journal/journal.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

/* Written, and the oldest that is read: 1 had no identities of blocks. */
#define JOURNAL_VERSION        2
#define JOURNAL_VERSION_OLDEST 1

/* What was put aside has this in its name. */
#define JOURNAL_BAD ".bad"

/* Longest target in a journal, in bytes: more than the arguments of a memctl that is typed. */
#define JOURNAL_TARGET_MAX ((size_t) 1024 * 1024)

struct journal {
        int directory_fd;
        int fd;         /* locked; opened for appending */
        int workers_fd; /* locked for the workers, who inherit it: the one descriptor that is not
                           close-on-exec */
        char name[NAME_MAX + 1];
        size_t size; /* of whole lines, in bytes */
        bool broken; /* the end could not be mended: no more lines */
};

/* Not one that is being made, nor one that was put aside. */
static inline bool journal_is_name(const char *name)
{
        return name[0] != '.' && !strstr(name, JOURNAL_BAD);
}

/* One that has nothing yet; NULL: no memory. directory_fd is copied. */
struct journal *journal_new(int directory_fd);

/* journal_lock.c. The directory, made if it is to be, and its lock taken. A file descriptor, or -errno with
 * *message set where it is not -ENOENT. */
int journal_directory(int root_fd, bool make, bool wait, char **message);
/* 0, or -EAGAIN: somebody keeps it, also after JOURNAL_LOCK_TRIES pauses where it may wait. Copies of the
 * descriptor share the lock, and keep it unless it is given back. */
int journal_directory_lock(int directory_fd, bool wait);
void journal_directory_unlock(int directory_fd);
/* Takes memctld's lock. 0, -EAGAIN: somebody has it, or another -errno. */
int journal_lock(int fd);
bool journal_is_locked(int fd);
/* Opens the file once more and takes the workers' lock, if nobody has it. 0 or -errno. */
int journal_lock_workers(struct journal *journal);

/* What a job is about to change: no two memctlds work on the same. */
struct journal_claim {
        const struct block_set *blocks;
        uint64_t huge_page_size; /* bytes: of the pools; 0: none */
};

/* journal_busy.c: journal_busy() in a directory that is locked. */
int journal_busy_in(int directory_fd, const struct journal_claim *claim, char **message);

/* journal_text.c. NULL: no memory. */
json_object *journal_heading(const struct journal_entry *entry);
json_object *journal_line(enum journal_mark mark, uint32_t block);
json_object *journal_pool_line(enum journal_mark mark, int node, const uint64_t *numbers, size_t n);

/* journal_heading.c: line 1. 0, -ENOMEM or -EBADMSG with *message set. */
int journal_read_heading(json_object *object, struct journal_found *found, char **message);

/* journal_pool.c: a line about a pool; false: it is none, or none that can come there. 0 or -ENOMEM. */
int journal_read_pool(json_object *value, enum journal_mark mark, struct journal_found *found,
                      bool *ret_good);

/* What a number in a journal may be; false: it is none, or none of these. */
bool journal_get_number(json_object *value, uint64_t max, uint64_t *ret);

#endif
