// SPDX-License-Identifier: GPL-2.0
/*
 * Adds up what is seen: by class, order and owner. When there are too many owners,
 * the pages of the last count as without one; no page is lost.
 */
#include <linux/sort.h>
#include <linux/string.h>

#include "survey/survey.h"

void memctl_tally_begin(struct memctl_survey *survey)
{
	memset(survey->plain, 0, sizeof(survey->plain));
	survey->absent = 0;
	survey->nr_rows = 0;
	survey->nr_keepers = 0;
	survey->nr_names = 1;
	survey->nr_keys = 0;
	survey->last_key = 0;
	survey->run.start = 0;
	survey->run.end = 0;
	survey->enough = false;
	survey->full = false;
	survey->second = false;
}

static u64 *memctl_tally_row(struct memctl_survey *survey, const struct memctl_run *run)
{
	struct memctl_row *row = survey->rows;
	unsigned int i;

	if (!run->owner)
		return &survey->plain[run->class][run->order];
	for (i = 0; i < survey->nr_rows; i++, row++) {
		if (row->class == run->class && row->order == run->order &&
		    row->owner == run->owner)
			return &row->pages;
	}
	if (i == MEMCTL_SURVEY_ROWS)
		return &survey->plain[run->class][run->order];
	row->class = run->class;
	row->order = run->order;
	row->owner = run->owner;
	row->pages = 0;
	survey->nr_rows++;
	return &row->pages;
}

/* A reference or a use that lasts for a moment looks like one that stays. */
static bool memctl_tally_sure(const struct memctl_survey *survey, const struct memctl_run *run)
{
	return survey->second ||
	       (run->class != MEMCTL_CLASS_PINNED && run->class != MEMCTL_CLASS_OTHER);
}

/* The kernel's own may be many. What a process has pinned is what can be helped. */
static bool memctl_tally_wants(const struct memctl_survey *survey, const struct memctl_run *run)
{
	return survey->nr_keepers < MEMCTL_SURVEY_KEEPERS && !survey->full &&
	       (!survey->enough || run->class == MEMCTL_CLASS_PINNED);
}

/* Counts the run. A keeper that is not kept is counted all the same. */
void memctl_tally_flush(struct memctl_survey *survey)
{
	struct memctl_run *run = &survey->run;

	if (run->start == run->end)
		return;
	*memctl_tally_row(survey, run) += run->end - run->start;
	if (run->keeps && memctl_tally_wants(survey, run)) {
		run->sure = memctl_tally_sure(survey, run);
		survey->keepers[survey->nr_keepers++] = *run;
	}
	run->start = run->end;
}

void memctl_tally_run(struct memctl_survey *survey, unsigned long pfn, unsigned long pages,
		      const struct memctl_look *look)
{
	struct memctl_run *run = &survey->run;

	memctl_tally_flush(survey);
	run->start = pfn;
	run->end = pfn + pages;
	run->class = look->class;
	run->order = look->order;
	run->owner = memctl_owner_of(survey, look);
	run->keeps = look->keeps;
	run->kind = look->kind;
	run->key = look->owner;
}

unsigned int memctl_tally_doubt(struct memctl_survey *survey)
{
	unsigned int i, kept = 0, nr = 0;

	for (i = 0; i < survey->nr_keepers; i++) {
		struct memctl_run *run = &survey->keepers[i];

		if (run->sure) {
			survey->keepers[kept++] = *run;
		} else {
			*memctl_tally_row(survey, run) -= run->end - run->start;
			survey->again[nr++] = *run;
		}
	}
	survey->nr_keepers = kept;
	return nr;
}

static int memctl_run_order(const void *a, const void *b)
{
	const struct memctl_run *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Leaves as many keepers as are told: those pinned before all others, and of each the first. */
static void memctl_tally_trim(struct memctl_survey *survey)
{
	unsigned int i, pinned = 0, others, kept = 0;

	for (i = 0; i < survey->nr_keepers; i++)
		pinned += survey->keepers[i].class == MEMCTL_CLASS_PINNED;
	pinned = min_t(unsigned int, pinned, MEMCTL_KEEPERS_MAX);
	survey->enough = survey->nr_keepers >= MEMCTL_KEEPERS_MAX;
	survey->full = pinned == MEMCTL_KEEPERS_MAX;

	others = MEMCTL_KEEPERS_MAX - pinned;
	for (i = 0; i < survey->nr_keepers; i++) {
		const struct memctl_run *run = &survey->keepers[i];
		unsigned int *room = run->class == MEMCTL_CLASS_PINNED ? &pinned : &others;

		if (*room) {
			survey->keepers[kept++] = *run;
			(*room)--;
		}
	}
	survey->nr_keepers = kept;
}

void memctl_tally_join(struct memctl_survey *survey)
{
	struct memctl_run *last = NULL;
	unsigned int i, kept = 0;

	sort(survey->keepers, survey->nr_keepers, sizeof(survey->keepers[0]), memctl_run_order,
	     NULL);
	for (i = 0; i < survey->nr_keepers; i++) {
		const struct memctl_run *run = &survey->keepers[i];

		if (last && last->end == run->start && last->class == run->class &&
		    last->owner == run->owner) {
			last->end = run->end;	/* of any orders, which nobody asks for now */
			continue;
		}
		last = &survey->keepers[kept++];
		*last = *run;
	}
	survey->nr_keepers = kept;
	memctl_tally_trim(survey);
}
