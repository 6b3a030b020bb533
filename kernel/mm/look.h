/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a look at a page tells.
 */
#ifndef MEMCTL_MM_LOOK_H
#define MEMCTL_MM_LOOK_H

#include <linux/types.h>
#include <uapi/memctl.h>

/* No order is as large. */
#define MEMCTL_ORDERS	32

enum memctl_owner_kind {
	MEMCTL_OWNER_NONE,
	MEMCTL_OWNER_TEXT,	/* a string that lasts */
	MEMCTL_OWNER_PROVIDER,	/* a struct memctl_provider; may be gone: never followed */
	MEMCTL_OWNER_DRIVER,	/* the address of a function of the driver's; may be stale */
};

struct memctl_look {
	enum memctl_class class;
	unsigned int order;		/* < MEMCTL_ORDERS */
	unsigned long pages;		/* of the same thing from this page on, it included */
	bool keeps;			/* keeps its memory block from going offline */
	bool hot;			/* LRU_FILE: the kernel would not reclaim it soon */
	bool busy;			/* locked or being written back: who moves it waits */
	enum memctl_owner_kind kind;
	const void *owner;		/* by kind */
};

#endif /* MEMCTL_MM_LOOK_H */
