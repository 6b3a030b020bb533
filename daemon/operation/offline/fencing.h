/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fence of a job: raised, filled a step at a time, dropped. A worker of its own does what blocks, and
 * the fence falls with it. Once what is free is held, drivers' pages move, in large rounds; then what else
 * is to be taken.
 */
#ifndef MEMCTL_OPERATION_OFFLINE_FENCING_H
#define MEMCTL_OPERATION_OFFLINE_FENCING_H

#include "daemon/core/node_cgroup.h"
#include "daemon/machine/machine.h"
#include "daemon/plan/offline.h"

struct fencing;

struct fencing_request {
        const struct block_set *blocks; /* to fence; ascending */
        uint64_t block_pages;           /* of each */
        const struct pfn_range *take;   /* with what is in use in them */
        size_t n_take;
        uint64_t max_pause_usec;        /* of a step; 0: no bound */
        uint64_t rate;                  /* bytes of memory in use taken a second; 0: no bound */
        uint64_t page_size;             /* bytes */
        const struct node_cgroup *node_cgroup;  /* where what is in use goes; NULL: anywhere */
};

/*
 * Called from the loop when all there is to hold is held (error 0), or when that failed: -EOPNOTSUPP, -EBUSY
 * and others, where no fence stands; -ENOMEM, where what is in use has no room elsewhere, and -ENOENT, where
 * the kernel was out of memory and the fence fell. message is for people; may be NULL. The fencing may be
 * freed from within.
 */
typedef void (*fencing_done_t)(void *userdata, int error, const char *message);

/* Called whenever more is held. */
typedef void (*fencing_progress_t)(void *userdata);

/* Begins to raise and fill a fence; the request is copied. 0 or -errno. */
int fencing_new(struct machine *machine, const struct fencing_request *request, fencing_progress_t progress,
                fencing_done_t done, void *userdata, struct fencing **ret);

/* The fence is no more when this returns: all that it held has been given back. */
struct fencing *fencing_free(struct fencing *fencing);
DEFINE_CLEANUP(struct fencing *, fencing_free)

/* Pages held, when that was last told; blocks that went offline since are not taken off. */
uint64_t fencing_held(const struct fencing *fencing);

/* Pages of drivers moved so far in rounds of their own: the kernel does not count these as migrated. */
uint64_t fencing_evacuated(const struct fencing *fencing);

/* Why not all such pages were tried; NULL: they were, or are still to be. */
const char *fencing_refusal(const struct fencing *fencing);

/* The rate keeps the next step from beginning now. */
bool fencing_is_waiting(const struct fencing *fencing);

/* Pages that could not be had, of those in use. */
uint64_t fencing_failed(const struct fencing *fencing);

#endif
