/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a job is about to do, written before it does it: a file a job under /run/memctl/journal, a line of
 * JSON a step, the request and its steps first. Two locks on the file end with processes: memctld's own, and
 * one that its workers hold with it. A journal whose first lock nobody holds is of a memctld that died.
 * Whoever finds it puts back what it says was begun, or goes on (recover.c), once the second is free: until
 * then a worker may still be in a write. A machine that stops takes its journals along, as it does what they
 * tell of.
 *
 * Each step has the identity of its block: where other memory has come to its place, it is left as it is.
 *
 * A journal is read like anything else from outside: what is not exactly as written here is refused with its
 * file and line, kept aside as NAME.bad, and nothing is done for it. Only a torn last line is no error: the
 * process died in it, before the step it announces.
 */
#ifndef MEMCTL_JOURNAL_JOURNAL_H
#define MEMCTL_JOURNAL_JOURNAL_H

#include "daemon/machine/snapshot.h"
#include "daemon/plan/online.h"
#include "basic/job_options.h"
#include "daemon/plan/range.h"
#include "daemon/plan/verb.h"
#include "basic/cleanup.h"

#define JOURNAL_DIRECTORY "run/memctl/journal"

/* A journal of this size has room for eight lines about each of 100,000 blocks; bytes. */
#define JOURNAL_MAX ((size_t) 32 * 1024 * 1024)

/* What is about to be done, or has been. */
enum journal_mark {
        JOURNAL_OFFLINE,   /* a block's "offline" is about to be written */
        JOURNAL_OFFLINED,  /* it is offline */
        JOURNAL_ONLINE,    /* a block's "online" is about to be written, forward or back */
        JOURNAL_ONLINED,   /* it is online */
        JOURNAL_EJECT,     /* the firmware is about to be asked */
        JOURNAL_EJECTING,  /* it has been */
        JOURNAL_ROLL_BACK, /* from here on everything is put back */
        JOURNAL_POOL,      /* the number of a pool of huge pages is about to be written */
        JOURNAL_POOLED,    /* it has been */
        _JOURNAL_MARK_MAX,
};

const char *journal_mark_name(enum journal_mark mark); /* "offline", "offlined", ... */

/* A block, in the order to go. */
struct journal_step {
        uint32_t block;
        enum zone zone; /* where it was; ZONE_NONE: it was offline */
        uint64_t identity; /* block_identity() when it was planned; 0: not known */
        size_t begun; /* of what was found: forward, and not put back since: the line that says so; 0: not
                         begun */
};

/* A node's pool of huge pages, as the lines about it leave it. */
struct journal_pool {
        int node;        /* -1: of a kernel that knows no nodes */
        uint64_t before; /* huge pages, before the first write */
        uint64_t added;  /* by the job, and not taken out again, but for the write that is under way */
        bool writing;    /* that write was begun, and its end is not told: */
        uint64_t from, to;
};

/* What is written first: the job as asked for, and its steps. */
struct journal_entry {
        uint32_t id; /* of the job; in the file's name */
        enum job_verb verb;
        const char *target, *dimm; /* dimm: NULL for jobs that are about none */
        bool eject;
        enum online_zone zone; /* of online jobs */
        struct offline_options options;
        uint64_t deadline;              /* CLOCK_MONOTONIC, microseconds; 0: none */
        const struct block_set *blocks; /* all that the job is about */
        const struct journal_step *steps;
        size_t n_steps, n_done; /* the first n_done are done */
        uint64_t huge_page_size; /* bytes; of jobs that change pools of huge pages, which have no blocks */
};

struct journal;

/* How often, and after which pause, a folder that is locked is tried. */
#define JOURNAL_LOCK_USEC  10000
#define JOURNAL_LOCK_TRIES 200

/*
 * Begins a journal with an entry, in the directory (made where it is missing) below
 * root_fd. 0, or -errno with *message set: then the job must not touch anything. -EBUSY: another memctld is
 * at work on one of the job's blocks, or on its pool of huge pages. -EAGAIN: another has the folder for
 * itself, as nobody does for long; but one who is stopped in the midst of it must not stop the loop.
 */
int journal_begin(int root_fd, const struct journal_entry *entry, struct journal **ret, char **message);

/*
 * Replaces a journal by one with the entry as it is now; the steps that are done are marked. 0, or
 * -errno with *message set: then *journal is still the old one.
 */
int journal_renew(struct journal **journal, const struct journal_entry *entry, char **message);

/*
 * Adds a line; it is in the file when this returns. block: REASON_NO_BLOCK for marks that are about none. 0,
 * or -errno with the file as it was; -EFBIG where it would become too large to be read.
 */
int journal_mark(struct journal *journal, enum journal_mark mark, uint32_t block);

/* The same about a pool: it is about to be brought from one number to another, and what has come of that. */
int journal_mark_pool(struct journal *journal, int node, uint64_t from, uint64_t to);
int journal_mark_pooled(struct journal *journal, int node, uint64_t number);

/* The job is over: removes the file. NULL is fine. */
struct journal *journal_end(struct journal *journal);

/* Lets go of the file and leaves it for the next memctld. NULL is fine. */
struct journal *journal_close(struct journal *journal);
DEFINE_CLEANUP(struct journal *, journal_close)

/* Whether the workers of a memctld that died are gone, too: no write of theirs is under way any more. */
bool journal_workers_gone(struct journal *journal);

/* What was found in one of a memctld that died. */
struct journal_found {
        struct journal *journal; /* locked now, to be gone on with */
        enum job_verb verb;
        char *target, *dimm; /* dimm: NULL for jobs that are about none */
        bool eject;
        enum online_zone zone; /* of online jobs */
        struct offline_options options;
        uint64_t deadline;          /* CLOCK_MONOTONIC, microseconds; 0: none */
        struct block_set blocks;    /* all that the job is about */
        struct journal_step *steps; /* in the order to go */
        size_t n_steps;
        bool ejecting; /* the firmware may have been asked */
        bool asked;    /* it has been */
        bool rolling_back;
        uint64_t huge_page_size;    /* bytes; 0: the job changes no pools */
        struct journal_pool *pools; /* one a node */
        size_t n_pools;
};

void journal_found_clear(struct journal_found *found);

/* The same for one that was allocated, and frees it. NULL is fine. */
struct journal_found *journal_found_free(struct journal_found *found);

/*
 * For a daemon's start: waits for the folder. All journals that nobody has locked, each locked on return.
 * Bad ones are put aside and named in *problems, a line each (NULL: there are none; to be freed). 0 with an
 * array to be cleared and freed, or -errno.
 */
int journal_find(int root_fd, struct journal_found **ret, size_t *ret_n, char **problems);

/*
 * Whether a memctld, this one or another, has a journal about one of the blocks: 0, -EBUSY with *message
 * naming block and job, or another -errno with *message set: -EAGAIN as journal_begin().
 */
int journal_busy(int root_fd, const struct block_set *blocks, char **message);

/* One journal's text. 0, -ENOMEM, or -EBADMSG with *message set: the line, what is wrong, what is accepted.
 */
int journal_parse(const char *text, size_t size, struct journal_found *ret, char **message);

#endif
