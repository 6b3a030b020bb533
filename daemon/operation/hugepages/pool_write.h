/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes the number of a pool of huge pages, in a process of its own: the kernel may reclaim and compact for
 * each page, and another's write is waited for. A part: it owns its fields, and reports once a write.
 */
#ifndef MEMCTL_OPERATION_HUGEPAGES_POOL_WRITE_H
#define MEMCTL_OPERATION_HUGEPAGES_POOL_WRITE_H

#include "daemon/machine/machine.h"

struct pool_write;

/*
 * Called from the loop when a write is over; what has come of it is for the caller to read. 0; -EINTR: it
 * was ended; -ETIMEDOUT: nothing came of it for a minute; or another -errno. A new one may be begun from
 * within.
 */
typedef void (*pool_write_done_t)(void *userdata, int error);

/* size: bytes of a huge page. 0 or -errno. */
int pool_write_new(struct machine *machine, uint64_t size, pool_write_done_t done, void *userdata,
                   struct pool_write **ret);

/* node: -1 where the kernel knows no nodes. 0, or -errno, and nothing was begun. */
int pool_write_start(struct pool_write *write, int node, uint64_t number);

/* Ends the write under way; done is called, when it is over. */
void pool_write_abort(struct pool_write *write);

/* CPU time of all its writes, but of those that were killed. */
uint64_t pool_write_cpu_usec(const struct pool_write *write);

struct pool_write *pool_write_free(struct pool_write *write);
DEFINE_CLEANUP(struct pool_write *, pool_write_free)

#endif
