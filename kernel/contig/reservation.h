/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reservations: contiguous memory that somebody has, by a name or for as long as his socket is
 * open.
 */
#ifndef MEMCTL_CONTIG_RESERVATION_H
#define MEMCTL_CONTIG_RESERVATION_H

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/memctl.h>

struct cma;
struct sock;

/* A reservation, as it is told. */
struct memctl_reservation_info {
	u64 id;					/* never 0 */
	char name[MEMCTL_RESERVATION_NAME_MAX + 1];	/* "": it has none */
	struct cma *area;			/* NULL: it is of none */
	unsigned long start, pages, align;	/* pfn, pages */
	int node;
	const char *zone;
	u32 pid;
	char comm[TASK_COMM_LEN];
	u64 held;				/* ns */
	u64 moved;				/* pages */
};

struct memctl_reservation;

/**
 * memctl_reservation_new() - a reservation to be
 * @sock: with which it ends, unless it has a name
 * @info: name, area, pages, align, pid and comm
 *
 * Its name is taken from now on, but nobody is told of it. Ends with memctl_reservation_made() or
 * memctl_reservation_drop(), one of which has to come before @sock is gone.
 *
 * Context: Process context, of a request of @sock; sleeps.
 * Return: it, or as a pointer -EEXIST: the name is in use; -ENOSPC: there are
 * MEMCTL_RESERVATIONS_MAX; -ENOMEM; -EINTR: a signal came first; -ESHUTDOWN: the module goes.
 */
struct memctl_reservation *memctl_reservation_new(struct sock *sock,
						  const struct memctl_reservation_info *info);
void memctl_reservation_drop(struct memctl_reservation *reservation);

/*
 * It has the memory from @start on, for which so many pages had to move: now it is listed, and
 * told to all. @info: out: the reservation. @sock is still open. Sleeps.
 */
void memctl_reservation_made(struct memctl_reservation *reservation, unsigned long start,
			     u64 moved, struct memctl_reservation_info *info);

/*
 * Ends the reservation with that id, or where it is 0 with that name; one without a name only
 * for the socket that made it. -ENOENT: there is none; -EINTR: a signal came first. Sleeps.
 */
int memctl_reservation_release(struct sock *sock, u64 id, const char *name);

/* A netlink socket was closed: those without a name end with it. Sleeps. */
void memctl_reservations_closed(void);

/* The first reservation with a higher id; false: there is none. Sleeps. */
bool memctl_reservation_after(u64 id, struct memctl_reservation_info *info);

/* At module exit: no more events and reservations; then, without requests, all end. */
void memctl_reservations_stop(void);
void memctl_reservations_exit(void);

#endif /* MEMCTL_CONTIG_RESERVATION_H */
