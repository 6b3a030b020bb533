/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fences: memory that is about to be taken away is held, so that nobody is given it
 * meanwhile. fence.c has their life, held.c what each holds, take.c finds more.
 */
#ifndef MEMCTL_FENCE_FENCE_H
#define MEMCTL_FENCE_FENCE_H

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/memctl.h>

struct sock;

/* A fence, as it is told. */
struct memctl_fence_info {
	u64 id;				/* never 0 */
	u32 pid;
	char comm[TASK_COMM_LEN];
	unsigned long start, end;	/* pfns */
	u64 held, given;		/* pages */
};

/* A request to hold, and what came of it. */
struct memctl_fence_request {
	unsigned long start, end;	/* pfns, in the fence */
	unsigned long next;		/* in: where to begin; out: where to go on */
	unsigned long max;		/* pfns to look at */
	enum memctl_fence_what what;
	unsigned long smallest;		/* pages of a run, or a piece; a power of two */
	u64 failed;			/* pages */
};

/**
 * memctl_fence_raise() - raise a fence
 * @sock: with which it falls
 * @info: in: pid, comm, start and end, on borders of sections; out: the fence
 *
 * Context: Process context; sleeps.
 * Return: 0; -EOPNOTSUPP: the kernel cannot; -EBUSY: it overlaps another; -ENOSPC:
 * there are MEMCTL_FENCES_MAX; -ENOMEM; -EINTR: a signal came first; -ESHUTDOWN: the
 * module goes.
 */
int memctl_fence_raise(struct sock *sock, struct memctl_fence_info *info);

/**
 * memctl_fence_hold() - hold memory of a fence
 * @sock: that raised it
 * @request: what; next and failed are filled in
 * @info: in: id; out: the fence
 *
 * Memory that goes offline meanwhile waits for a piece at most.
 *
 * Context: Process context; sleeps, for as long as pages take to move. One request
 * at a time is at work in a fence, others wait.
 * Return: 0, also when a fatal signal ended it early; -ENOENT: sock has no such
 * fence, or it fell meanwhile; -ERANGE: the range is not in it; -ENOMEM: what is in
 * use finds no room elsewhere, and next is where; -EINTR: a signal came first.
 */
int memctl_fence_hold(struct sock *sock, struct memctl_fence_request *request,
		      struct memctl_fence_info *info);

/*
 * Gives back what the fence id, which sock raised, holds of [start, end); drops it, where
 * both are 0. Sleeps; -ENOENT, -ERANGE, -EINTR as above.
 */
int memctl_fence_drop(struct sock *sock, u64 id, unsigned long start, unsigned long end);

/* A netlink socket was closed: its fences fall. Sleeps. */
void memctl_fences_closed(void);

/*
 * Calls each() for each fence, oldest first, until it returns other than 0, which is
 * returned. None comes or goes meanwhile. Sleeps; -EINTR for a signal.
 */
int memctl_fences_each(int (*each)(const struct memctl_fence_info *info, void *data), void *data);

int memctl_fences_init(void);

/* At module exit: no more fences and events from now on; then, without requests, drops all. */
void memctl_fences_stop(void);
void memctl_fences_exit(void);

#endif /* MEMCTL_FENCE_FENCE_H */
