// SPDX-License-Identifier: GPL-2.0
/*
 * Adds up what is seen: by class, order and owner. When there are too many owners,
 * the pages of the last count as without one; no page is lost.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "survey.h"

void memctl_tally_begin(struct memctl_survey *survey)
{
	memset(survey->plain, 0, sizeof(survey->plain));
	survey->absent = 0;
	survey->nr_rows = 0;
	survey->nr_keepers = 0;
	survey->nr_pinned = 0;
	survey->nr_names = 1;
	survey->nr_keys = 0;
	survey->last_key = 0;
	survey->run.start = 0;
	survey->run.end = 0;
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

static void memctl_tally_drop(struct memctl_survey *survey, unsigned int i)
{
	survey->nr_keepers--;
	memmove(&survey->keepers[i], &survey->keepers[i + 1],
		(survey->nr_keepers - i) * sizeof(survey->keepers[0]));
}

/*
 * Makes room by dropping the last keepers that are not pinned: a block of the kernel's
 * has many, and what a process has pinned is what can be done something about.
 */
void memctl_tally_trim(struct memctl_survey *survey, unsigned int most)
{
	unsigned int i = survey->nr_keepers;

	while (survey->nr_keepers > most && i--) {
		if (survey->keepers[i].class != MEMCTL_CLASS_PINNED)
			memctl_tally_drop(survey, i);
	}
	survey->nr_keepers = min(survey->nr_keepers, most);
}

static void memctl_tally_keep(struct memctl_survey *survey, const struct memctl_run *run)
{
	if (survey->nr_keepers == MEMCTL_SURVEY_KEEPERS && run->class == MEMCTL_CLASS_PINNED &&
	    survey->nr_pinned < MEMCTL_SURVEY_KEEPERS)
		memctl_tally_trim(survey, MEMCTL_SURVEY_KEEPERS - 1);
	if (survey->nr_keepers == MEMCTL_SURVEY_KEEPERS)
		return;
	survey->nr_pinned += run->class == MEMCTL_CLASS_PINNED;
	survey->keepers[survey->nr_keepers++] = *run;
}

/* Counts the run. A keeper that no place is left for is counted all the same. */
void memctl_tally_flush(struct memctl_survey *survey)
{
	struct memctl_run *run = &survey->run;

	if (run->start == run->end)
		return;
	*memctl_tally_row(survey, run) += run->end - run->start;
	if (run->keeps)
		memctl_tally_keep(survey, run);
	run->start = run->end;
}

static bool memctl_tally_joins(const struct memctl_run *run, const struct memctl_look *look)
{
	if (run->class != look->class || run->order != look->order)
		return false;
	/* Pages behind the first of a larger one, which has the reference. */
	return run->keeps == look->keeps || (run->keeps && look->class == MEMCTL_CLASS_OTHER);
}

void memctl_tally_add(struct memctl_survey *survey, unsigned long pfn, unsigned long pages,
		      const struct memctl_look *look)
{
	u8 owner = memctl_owner_of(survey, look);
	struct memctl_run *run = &survey->run;

	if (run->end == pfn && run->start != pfn && run->owner == owner &&
	    memctl_tally_joins(run, look)) {
		run->end += pages;
		return;
	}
	memctl_tally_flush(survey);
	run->start = pfn;
	run->end = pfn + pages;
	run->class = look->class;
	run->order = look->order;
	run->owner = owner;
	run->keeps = look->keeps;
}

unsigned int memctl_tally_doubt(struct memctl_survey *survey)
{
	unsigned int i, kept = 0, nr = 0;

	for (i = 0; i < survey->nr_keepers; i++) {
		struct memctl_run *run = &survey->keepers[i];

		if (run->class == MEMCTL_CLASS_PINNED || run->class == MEMCTL_CLASS_OTHER) {
			*memctl_tally_row(survey, run) -= run->end - run->start;
			survey->again[nr++] = *run;
		} else {
			survey->keepers[kept++] = *run;
		}
	}
	survey->nr_keepers = kept;
	survey->nr_pinned = 0;
	return nr;
}
