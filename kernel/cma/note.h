/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Notes of what is allocated: where, since when, and by whom. They come out of a pool that is
 * filled in process context, for events come where no memory can be had.
 */
#ifndef MEMCTL_CMA_NOTE_H
#define MEMCTL_CMA_NOTE_H

#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "cma/area.h"

/* Who asks for memory. What is not known is 0, or empty. */
struct memctl_cma_who {
	u32 pid;
	char comm[TASK_COMM_LEN];
	char owner[MEMCTL_OWNER_MAX + 1];
};

enum memctl_note_origin {
	MEMCTL_NOTE_EVENT,
	MEMCTL_NOTE_BEFORE,		/* found at load: its extent is that of pages in a row */
	MEMCTL_NOTE_LOST,		/* found afterwards: there was no note for its event */
};

struct memctl_note {
	struct rb_node node;		/* or, in the pool, next */
	struct memctl_note *next;
	unsigned long pfn, pages;
	unsigned long align;		/* pages */
	unsigned long place;		/* in the shadow: see needed.h */
	u64 since;			/* ns of ktime_get_mono_fast_ns() */
	enum memctl_note_origin origin;
	struct memctl_cma_who who;
};

/* 0 or -ENOMEM; it sleeps. At exit no area has a note any more. */
int memctl_notes_init(void);
void memctl_notes_exit(void);

/* Fills the pool. Sleeps. */
void memctl_notes_fill(void);

/* Is the pool to be filled soon? Any context. */
bool memctl_notes_short(void);

/**
 * memctl_note_add() - note an allocation
 * @area: with its lock held
 * @like: what the note is to say, place excepted, with pages that no note has
 *
 * Return: whether there was one in the pool.
 */
bool memctl_note_add(struct memctl_cma_area *area, const struct memctl_note *like);

/*
 * Pages [pfn, end) are not what is noted of them any more: notes lose them, and go, or
 * become two. With the area's lock held. False: for one of the two there was no note.
 */
bool memctl_note_cut(struct memctl_cma_area *area, unsigned long pfn, unsigned long end);

/* The first note that ends above the pfn, or NULL. With the area's lock held. */
struct memctl_note *memctl_note_from(const struct memctl_cma_area *area, unsigned long pfn);

/* All notes of the area go back into the pool. */
void memctl_notes_drop(struct memctl_cma_area *area);

#endif /* MEMCTL_CMA_NOTE_H */
