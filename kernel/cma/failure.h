/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that failed: the last ones, and why.
 *
 * What was free is looked at when one fails. For what else was in the way pages have to be looked
 * at, some of them twice: that is done a moment later, in process context.
 */
#ifndef MEMCTL_CMA_FAILURE_H
#define MEMCTL_CMA_FAILURE_H

#include <linux/types.h>
#include <uapi/memctl.h>

#include "cma/area.h"
#include "cma/note.h"
#include "cma/running.h"

struct memctl_cma_failure {
	u64 serial;			/* from 1 on; 0: none */
	struct memctl_cma_area *area;
	unsigned long pages, align;	/* asked for */
	int error;			/* positive */
	bool untold;			/* the kernel did not tell the error */
	bool interrupted;		/* the task had a fatal signal */
	bool others;			/* others were at work in the area */
	bool fits;			/* there was room, by what was allocated */
	bool judged;
	struct memctl_cma_room room;
	struct memctl_cma_area *other;	/* where there was room, or NULL */
	struct memctl_running running;
	struct memctl_cma_who who;
	u64 since;			/* ns of ktime_get_mono_fast_ns() */

	enum memctl_cma_cause cause;
	unsigned long pfn;		/* what did not move; 0: was not found */
	enum memctl_class class;
	char page_owner[MEMCTL_OWNER_MAX + 1];
};

/* 0 or -ENOMEM. Sleeps, as does the other. */
int memctl_failures_init(void);
void memctl_failures_exit(void);

/*
 * Puts it into the ring, with a serial number. The oldest goes; if its cause was not found yet, it
 * counts as unknown. Any context but NMI.
 */
void memctl_failure_add(struct memctl_cma_failure *failure);

/* Copies the first failure with this serial number or a higher one. False: there is none. */
bool memctl_failure_from(u64 serial, struct memctl_cma_failure *failure);

/* The serial number behind the last one's. */
u64 memctl_failures_end(void);

/* Keeps what was found out of one; false: the ring does not have it any more. */
bool memctl_failure_keep(const struct memctl_cma_failure *failure);

/*
 * The cause, as far as it follows from the figures; MEMCTL_CMA_UNKNOWN: pages that were tried
 * have to be looked at.
 */
enum memctl_cma_cause memctl_cause_by_figures(const struct memctl_cma_failure *failure);

/*
 * Looks at what was tried for a page that does not move: fills in cause, pfn, class and owner.
 * False: there is none; pfn and class are those of one that is just in somebody's hands, if there
 * is one. Process context; sleeps.
 */
bool memctl_cause_by_pages(struct memctl_cma_failure *failure);

/* Is that page there still, and does not move? Process context; sleeps. */
bool memctl_cause_stays(struct memctl_cma_failure *failure);

#endif /* MEMCTL_CMA_FAILURE_H */
