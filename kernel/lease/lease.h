/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Leases: while there is one, no page is in a CPU's LRU cache.
 */
#ifndef MEMCTL_LEASE_LEASE_H
#define MEMCTL_LEASE_LEASE_H

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/memctl.h>

struct sock;

/* A lease, as it is told. */
struct memctl_lease_info {
	u64 id;				/* never 0 */
	u32 pid;
	char comm[TASK_COMM_LEN];
	u64 held, left;			/* ns */
};

/**
 * memctl_lease_take() - take a lease
 * @sock: with which it ends
 * @info: in: pid and comm; out: the lease
 * @seconds: after which it ends by itself; not 0
 *
 * Empties the caches if it is the first; else waits until who was first has.
 *
 * Context: Process context; sleeps.
 * Return: 0; -EOPNOTSUPP: memctl_mm_lru_refusal() says why; -ENOSPC: MEMCTL_LEASES_MAX
 * are held; -ENOMEM; -EINTR: a signal came first; -ESHUTDOWN: the module goes.
 */
int memctl_lease_take(struct sock *sock, struct memctl_lease_info *info, u32 seconds);

/* Ends the lease id, which sock took, else -ENOENT. Sleeps; -EINTR for a signal. */
int memctl_lease_release(struct sock *sock, u64 id);

/* A netlink socket was closed: its leases end. Sleeps. */
void memctl_leases_closed(void);

/*
 * Calls each() for each lease, oldest first, until it returns other than 0, which is
 * returned. No lease comes or goes meanwhile. Sleeps; -EINTR for a signal.
 */
int memctl_leases_each(int (*each)(const struct memctl_lease_info *info, void *data), void *data);

/* At module exit, while events can be sent: ends all, without an event, and takes no more. */
void memctl_leases_exit(void);

#endif /* MEMCTL_LEASE_LEASE_H */
