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

#include "fence/take.h"

struct sock;

/* A fence, as it is told. */
struct memctl_fence_info {
	u64 id;				/* never 0 */
	u32 pid;
	char comm[TASK_COMM_LEN];
	unsigned long start, end;	/* pfns */
	u64 held, given;		/* pages */
};

/* A request to hold, and how far it is. take.h has the rest of struct memctl_take. */
struct memctl_fence;
struct memctl_fence_hold {
	struct memctl_fence *fence;	/* a reference */
	struct memctl_take take;
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
 * memctl_fence_hold_begin() - begin to hold memory of a fence
 * @sock: that raised it
 * @hold: its take.request is filled in; ends with memctl_fence_hold_end()
 * @info: in: id; out: the fence
 *
 * Context: Process context; sleeps shortly. Nothing is taken yet.
 * Return: 0; -ENOENT: sock has no such fence; -ERANGE: the range is not in it; -EINTR: a
 * signal came first.
 */
int memctl_fence_hold_begin(struct sock *sock, struct memctl_fence_hold *hold,
			    struct memctl_fence_info *info);

/**
 * memctl_fence_hold_step() - hold some more
 * @hold: its take.request.next and .failed are brought up to date
 * @info: out: the fence
 *
 * Takes pieces for a quarter of a second, or until a signal comes. Memory that goes offline
 * meanwhile waits for a piece at most.
 *
 * Context: Process context; sleeps; drivers move their pages, so with no lock that somebody
 * waits for who is not to wait for these. One step at a time is at work in a fence, others wait.
 * Return: 0; -ENOENT: the fence has fallen; -ENOMEM: what is in use finds no room
 * elsewhere, and next is where.
 */
int memctl_fence_hold_step(struct memctl_fence_hold *hold, struct memctl_fence_info *info);

/* Gives back what only the request held. Sleeps. */
void memctl_fence_hold_end(struct memctl_fence_hold *hold);

/*
 * Gives back what the fence id, which sock raised, holds of [start, end); drops it, where
 * both are 0. Sleeps; -ENOENT, -ERANGE, -EINTR as above.
 */
int memctl_fence_drop(struct sock *sock, u64 id, unsigned long start, unsigned long end);

/*
 * Who takes memory, or looks at it, and has no fence: between these two what is online, and is
 * nobody's by memctl_fence_wants(), stays so. Memory that goes offline waits meanwhile. Sleep;
 * under no lock that moving pages takes.
 */
void memctl_fence_enter(void);
void memctl_fence_leave(void);

/* Does a fence stand around memory of [start, end), or is some going offline? Sleeps shortly. */
bool memctl_fence_wants(unsigned long start, unsigned long end);

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
