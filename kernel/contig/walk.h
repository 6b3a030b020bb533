/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way of a search: through all zones that the request may be in, a stretch of each at a time;
 * first for places where all is free, then for those where little is in use, then for any.
 */
#ifndef MEMCTL_CONTIG_WALK_H
#define MEMCTL_CONTIG_WALK_H

#include <linux/types.h>

#include "contig/request.h"

struct zone;

struct memctl_walk {
	const struct memctl_contig_request *request;
	unsigned int phase;			/* how dear a place may be */
	int node;				/* whose zones are looked at */
	int zone_at;				/* in the order of zones */
	unsigned long next;			/* of the next stretch; 0: the zone's first */
	struct zone *zone;			/* of the last stretch */
};

/* The most pages that are in one zone of those that the request may be in. */
unsigned long memctl_walk_largest(const struct memctl_contig_request *request);

/* From the beginning (again), for that request. */
void memctl_walk_begin(struct memctl_walk *walk, const struct memctl_contig_request *request);

/* What a place may cost in this phase. */
u64 memctl_walk_most(const struct memctl_walk *walk);

/* In this phase, is it looked for places where all is free? */
bool memctl_walk_wants_free(const struct memctl_walk *walk);

/**
 * memctl_walk_stretch() - the next stretch
 * @walk: begun
 * @span: page blocks of a place
 * @most: page blocks of a stretch, at most; not below @span
 * @start: out: its first pfn
 *
 * The next one begins with the first place that this one has no room for.
 *
 * Return: page blocks in it; 0: this phase has no more.
 */
unsigned long memctl_walk_stretch(struct memctl_walk *walk, unsigned long span, unsigned long most,
				  unsigned long *start);

/* The next stretch begins there, which is in the last one. */
void memctl_walk_back(struct memctl_walk *walk, unsigned long pfn);

/* What is left of this zone is passed over until the next phase. */
void memctl_walk_leave_zone(struct memctl_walk *walk);

/* The next phase, from the first zone on. False: that was the last one, and it begins again. */
bool memctl_walk_phase(struct memctl_walk *walk);

/*
 * Where it is, as one number, so that a later walk for the same may go on there: with the stretch
 * that begins at that pfn, or with the next one (0). The number is nobody's to read. What goes on
 * where memory has left since goes on behind it. -EINVAL: there is no such number.
 */
u64 memctl_walk_cursor(const struct memctl_walk *walk, unsigned long pfn);
int memctl_walk_go_to(struct memctl_walk *walk, u64 cursor);

#endif /* MEMCTL_CONTIG_WALK_H */
