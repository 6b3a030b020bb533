/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leases on the LRU caches: while there is one, no page is in a CPU's LRU cache, where migration would pass
 * it by. For whoever migrates, or looks at where pages are: take a lease before, free it after, and go on
 * without one where there is none to be had.
 *
 * The kernel ends a lease by itself: with this process, however that ends, and after a while (at most what
 * lru_cache_read() says, 60 s unless the module was told otherwise). Work that may take longer has a
 * lease_keeper.
 *
 * Taking one blocks until every CPU has emptied its caches: milliseconds, more when the CPUs are busy with
 * what cannot be interrupted. Freeing one may have to wait for another's taking. One thread at a time may
 * use a lease; a keeper is its loop's.
 */
#ifndef MEMCTL_MODULE_LEASE_H
#define MEMCTL_MODULE_LEASE_H

#include "daemon/machine/tree.h"
#include "basic/cleanup.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct lease;

/*
 * Takes a lease for usec microseconds, rounded up to whole seconds, or with 0 for as long as may be. 0 and
 * *ret; -EOPNOTSUPP when there are no leases here (memctl.ko is not loaded, or this kernel cannot do it, or
 * the tree is not the running machine's); -ERANGE for a time that is too long; -EBUSY when all
 * MEMCTL_LEASES_MAX are taken; -EPERM without CAP_SYS_ADMIN, or another -errno. Each with *message set (NULL
 * when memory is short), fit for people.
 */
int lease_take(const struct tree *tree, uint64_t usec, struct lease **ret, char **message);

/*
 * The same in two steps, of which the first never waits for the kernel, and the second may be done in
 * another thread: leasing.h.
 */
int lease_new(const struct tree *tree, uint64_t usec, struct lease **ret, char **message);
int lease_hold(struct lease *lease, char **message);

/* What a helper must have that is to release it. */
int lease_fd(const struct lease *lease);

/* Ends it, if it has not ended by itself. Where there is a loop: leasing.h. */
struct lease *lease_free(struct lease *lease);
DEFINE_CLEANUP(struct lease *, lease_free)

/* The kernel's number of it, as lru_cache_read() shows it. */
uint64_t lease_id(const struct lease *lease);

/* How long it lasts in all, in microseconds. */
uint64_t lease_usec(const struct lease *lease);

/*
 * Ends it and says whether it lasted until now: 1, 0 when it had ended before, or -errno with *message set
 * when the kernel does not say. The lease is the caller's to free in any case.
 */
int lease_release(struct lease *lease, char **message);

/* A lease that is taken anew before it ends, so that the caches stay off without a gap. */
struct lease_keeper;

/* Of the first: it is held, or, with an error as of lease_take() or -ETIMEDOUT, not; message may be NULL. */
typedef void (*lease_keeper_first_t)(void *userdata, int error, const char *message);

/*
 * Leases are taken beside the loop. first is called once, from the loop; where there was no first lease the
 * keeper takes no other, and may be freed from within. Should one not be had later on, it says so on stderr,
 * once, and tries again. 0; or -errno with *message set, and first is not called. The tree and the loop must
 * outlive it.
 */
int lease_keeper_new(sd_event *event, const struct tree *tree, lease_keeper_first_t first, void *userdata,
                     struct lease_keeper **ret, char **message);
struct lease_keeper *lease_keeper_free(struct lease_keeper *keeper);
DEFINE_CLEANUP(struct lease_keeper *, lease_keeper_free)

#endif
