/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who owns the pages of a range: walk.c goes through it, a memory block at a time,
 * tally.c adds up, owner.c names.
 */
#ifndef MEMCTL_SURVEY_SURVEY_H
#define MEMCTL_SURVEY_SURVEY_H

#include <linux/mmzone.h>
#include <linux/types.h>
#include <uapi/memctl.h>

#include "mm/classify.h"

#define MEMCTL_SURVEY_OWNERS	64	/* names in one part; 0 is none */
#define MEMCTL_SURVEY_KEYS	128
#define MEMCTL_SURVEY_ROWS	256	/* with an owner */

/* Pages that are looked at without a pause; they are online, or absent, as a whole. */
#define MEMCTL_SURVEY_PIECE	PAGES_PER_SUBSECTION

/* Doubtful ones are looked at again after each piece, until there are enough that are sure. */
#define MEMCTL_SURVEY_KEEPERS	(MEMCTL_KEEPERS_MAX + MEMCTL_SURVEY_PIECE)

/* Pages in a row of one class, order and owner. */
struct memctl_run {
	unsigned long start, end;	/* pfns */
	u8 class;
	u8 order;
	u8 owner;
	bool keeps;
	bool sure;			/* was looked at again, or need not be */
	u8 kind;
	const void *key;		/* with kind: the look's owner */
};

struct memctl_row {
	u8 class;
	u8 order;
	u8 owner;
	u64 pages;
};

/* What of a look stood for an owner, and who that was. */
struct memctl_owner_key {
	const void *key;
	u8 kind;
	u8 owner;
};

struct memctl_survey {
	unsigned long next, end;	/* pfns that are not surveyed yet */

	/* The part surveyed last: of one memory block, or of absent ones in a row. */
	unsigned long part, part_end;
	u64 absent;
	u64 plain[MEMCTL_CLASS_MAX + 1][MEMCTL_ORDERS];	/* pages without an owner */
	struct memctl_row rows[MEMCTL_SURVEY_ROWS];
	unsigned int nr_rows;
	struct memctl_run keepers[MEMCTL_SURVEY_KEEPERS];	/* by pfn */
	unsigned int nr_keepers;

	char names[MEMCTL_SURVEY_OWNERS][MEMCTL_OWNER_MAX + 1];
	unsigned int nr_names;
	struct memctl_owner_key keys[MEMCTL_SURVEY_KEYS];
	unsigned int nr_keys;
	unsigned int last_key;

	struct memctl_run run;		/* not counted yet */
	bool enough;			/* keepers: of more, only those that are pinned are kept */
	bool full;			/* of pinned keepers: no more are kept */
	bool second;			/* look at what is in again[] */
	struct memctl_run again[MEMCTL_SURVEY_KEEPERS];
};

/* A survey of [start, end), or NULL. Freed with memctl_survey_free(), which takes NULL. */
struct memctl_survey *memctl_survey_new(unsigned long start, unsigned long end);
void memctl_survey_free(struct memctl_survey *survey);

/**
 * memctl_survey_next() - survey the next part
 * @survey: with survey->next below survey->end; the part is filled in, and next
 *	is behind it
 *
 * A part takes time by its size: some nanoseconds a page that is neither free nor
 * in a folio with others. Absent memory takes next to none.
 *
 * Context: Process context; sleeps. Holds off the removal of memory that goes
 * offline for a few microseconds at a time.
 * Return: 0; -EINTR when a fatal signal came.
 */
int memctl_survey_next(struct memctl_survey *survey);

/*
 * Sets the bits, the first of them start's, of page cache in [start, end) that is hot by
 * the LRU lists. Process context; sleeps. As bounded as the range.
 */
void memctl_survey_hot(unsigned long start, unsigned long end, unsigned long *hot);

int memctl_survey_init(void);
void memctl_survey_exit(void);

/* tally.c */
void memctl_tally_begin(struct memctl_survey *survey);
/* Begins a run with pages that do not go on with the last. */
void memctl_tally_run(struct memctl_survey *survey, unsigned long pfn, unsigned long pages,
		      const struct memctl_look *look);
void memctl_tally_flush(struct memctl_survey *survey);
/* Takes back the keepers that are not sure, and their pages; they are in again[]. */
unsigned int memctl_tally_doubt(struct memctl_survey *survey);
/* Puts the keepers, sure now, in order, those in a row together; leaves those that are told. */
void memctl_tally_join(struct memctl_survey *survey);

/*
 * owner.c: the name of whose the page is, of MEMCTL_OWNER_MAX + 1 bytes. False: nothing more
 * than the class is known. Sleeps for a provider's.
 */
bool memctl_owner_name(const struct memctl_look *look, char *name);

/*
 * The function at an address, and its module or "": both of MEMCTL_OWNER_MAX + 1 bytes. False:
 * there is none. Any context.
 */
bool memctl_owner_symbol(const void *address, char *symbol, char *module);

/* An index into names; 0: unknown, or there are too many. */
u8 memctl_owner_of(struct memctl_survey *survey, const struct memctl_look *look);

static inline bool memctl_tally_joins(const struct memctl_run *run, const struct memctl_look *look)
{
	/* OTHER without a reference may follow the first of a larger page, which has it. */
	return run->class == look->class && run->order == look->order &&
	       run->key == look->owner && run->kind == look->kind &&
	       (run->keeps == look->keeps || (run->keeps && look->class == MEMCTL_CLASS_OTHER));
}

static inline void memctl_tally_add(struct memctl_survey *survey, unsigned long pfn,
				    unsigned long pages, const struct memctl_look *look)
{
	struct memctl_run *run = &survey->run;

	if (run->end == pfn && run->start != pfn && memctl_tally_joins(run, look))
		run->end += pages;
	else
		memctl_tally_run(survey, pfn, pages, look);
}

#endif /* MEMCTL_SURVEY_SURVEY_H */
