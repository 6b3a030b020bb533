// SPDX-License-Identifier: GPL-2.0
/*
 * The pool, and the tree of an area's notes, which do not overlap.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "cma/note.h"

/* Notes in the pool; below half of them it is filled. */
#ifndef MEMCTL_NOTES
#define MEMCTL_NOTES	1024
#endif

/* Notes are taken from the kernel so many at a time, and given back together, at exit. */
struct memctl_notes {
	struct memctl_notes *next;
	struct memctl_note notes[];
};

#define MEMCTL_NOTES_STEP \
	((PAGE_SIZE - sizeof(struct memctl_notes)) / sizeof(struct memctl_note))

/* Dropped with interrupts off. */
#define MEMCTL_NOTES_DROP	256

static DEFINE_RAW_SPINLOCK(memctl_pool_lock);	/* guards the three below */
static struct memctl_note *memctl_pool;
static unsigned int memctl_pool_nr;
static struct memctl_notes *memctl_notes;	/* all there are */

static void memctl_pool_put(struct memctl_note *note)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&memctl_pool_lock, flags);
	note->next = memctl_pool;
	memctl_pool = note;
	memctl_pool_nr++;
	raw_spin_unlock_irqrestore(&memctl_pool_lock, flags);
}

static struct memctl_note *memctl_pool_get(void)
{
	struct memctl_note *note;
	unsigned long flags;

	raw_spin_lock_irqsave(&memctl_pool_lock, flags);
	note = memctl_pool;
	if (note) {
		memctl_pool = note->next;
		memctl_pool_nr--;
	}
	raw_spin_unlock_irqrestore(&memctl_pool_lock, flags);
	return note;
}

bool memctl_notes_short(void)
{
	return READ_ONCE(memctl_pool_nr) < MEMCTL_NOTES / 2;
}

static bool memctl_notes_more(size_t nr)
{
	struct memctl_notes *more = kzalloc(sizeof(*more) + nr * sizeof(*more->notes),
					    GFP_KERNEL | __GFP_NOWARN);
	unsigned long flags;

	if (!more)
		return false;
	raw_spin_lock_irqsave(&memctl_pool_lock, flags);
	more->next = memctl_notes;
	memctl_notes = more;
	raw_spin_unlock_irqrestore(&memctl_pool_lock, flags);
	while (nr--)
		memctl_pool_put(&more->notes[nr]);
	return true;
}

/* What comes back into a pool that is full makes it larger. */
void memctl_notes_fill(void)
{
	unsigned int nr;

	do {
		nr = READ_ONCE(memctl_pool_nr);
	} while (nr < MEMCTL_NOTES &&
		 memctl_notes_more(min_t(size_t, MEMCTL_NOTES_STEP, MEMCTL_NOTES - nr)));
}

int memctl_notes_init(void)
{
	memctl_notes_fill();
	return memctl_notes_short() ? -ENOMEM : 0;
}

void memctl_notes_exit(void)
{
	struct memctl_notes *next;

	for (; memctl_notes; memctl_notes = next) {
		next = memctl_notes->next;
		kfree(memctl_notes);
	}
	memctl_pool = NULL;
	memctl_pool_nr = 0;
}

static struct memctl_note *memctl_note_of(const struct rb_node *node)
{
	return node ? rb_entry(node, struct memctl_note, node) : NULL;
}

static void memctl_note_insert(struct memctl_cma_area *area, struct memctl_note *note)
{
	struct rb_node **link = &area->notes.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (note->pfn < memctl_note_of(parent)->pfn)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&note->node, parent, link);
	rb_insert_color(&note->node, &area->notes);
}

struct memctl_note *memctl_note_from(const struct memctl_cma_area *area, unsigned long pfn)
{
	struct memctl_note *found = NULL, *note = memctl_note_of(area->notes.rb_node);

	lockdep_assert_held(&area->lock);
	while (note) {
		if (note->pfn + note->pages > pfn) {
			found = note;
			note = memctl_note_of(note->node.rb_left);
		} else {
			note = memctl_note_of(note->node.rb_right);
		}
	}
	return found;
}

bool memctl_note_add(struct memctl_cma_area *area, const struct memctl_note *like)
{
	struct memctl_note *note = memctl_pool_get();

	lockdep_assert_held(&area->lock);
	if (!note) {
		area->counts.lost++;
		return false;
	}
	*note = *like;
	note->place = memctl_needed_take(&area->needed, note->pages, note->align);
	if (note->origin == MEMCTL_NOTE_BEFORE)
		area->counts.before += note->pages;
	memctl_note_insert(area, note);
	return true;
}

/* The note loses [from, to) of its pages, by number: all of what is behind it, or before it. */
static void memctl_note_lose(struct memctl_cma_area *area, struct memctl_note *note,
			     unsigned long from, unsigned long to)
{
	if (note->place != MEMCTL_UNPLACED)
		memctl_needed_give(&area->needed, note->place + from, to - from);
	if (note->origin == MEMCTL_NOTE_BEFORE)
		area->counts.before -= to - from;
}

/* Makes the pages of a note from this number on a note of their own. */
static bool memctl_note_split(struct memctl_cma_area *area, struct memctl_note *note,
			      unsigned long from)
{
	struct memctl_note *rest = memctl_pool_get();

	if (!rest) {
		memctl_note_lose(area, note, from, note->pages);
		note->pages = from;
		area->counts.lost++;
		return false;
	}
	*rest = *note;
	rest->pfn += from;
	rest->pages -= from;
	if (rest->place != MEMCTL_UNPLACED)
		rest->place += from;
	note->pages = from;
	memctl_note_insert(area, rest);
	return true;
}

bool memctl_note_cut(struct memctl_cma_area *area, unsigned long pfn, unsigned long end)
{
	struct memctl_note *note, *next;
	bool whole = true;

	for (note = memctl_note_from(area, pfn); note && note->pfn < end; note = next) {
		unsigned long first = max(note->pfn, pfn) - note->pfn, behind;

		if (note->pfn + note->pages > end)
			whole &= memctl_note_split(area, note, end - note->pfn);
		behind = note->pages;
		next = memctl_note_of(rb_next(&note->node));
		memctl_note_lose(area, note, first, behind);
		note->pages = first;
		if (!first) {
			rb_erase(&note->node, &area->notes);
			memctl_pool_put(note);
		}
	}
	return whole;
}

void memctl_notes_drop(struct memctl_cma_area *area)
{
	unsigned long flags, end;

	do {
		const struct memctl_note *note;
		unsigned int i;

		end = 0;
		raw_spin_lock_irqsave(&area->lock, flags);
		note = memctl_note_from(area, 0);
		for (i = 0; note && i < MEMCTL_NOTES_DROP; i++) {
			end = note->pfn + note->pages;
			note = memctl_note_of(rb_next(&note->node));
		}
		memctl_note_cut(area, 0, end);
		raw_spin_unlock_irqrestore(&area->lock, flags);
		cond_resched();
	} while (end);
}
