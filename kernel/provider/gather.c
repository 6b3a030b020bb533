// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>

#include "provider/gather.h"
#include "provider/provider.h"

/* More are looked for until this many pfns brought nothing. */
#ifndef MEMCTL_ROUND_GAP
#define MEMCTL_ROUND_GAP 512
#endif

/* Asks for the page at a pfn if the VM has isolated it unasked; has it been let go? */
static bool memctl_gather_one(struct memctl_provider *provider, unsigned long pfn)
{
	struct memctl_page *mp;
	bool found;

	spin_lock(&provider->lock);
	mp = xa_load(&provider->pages, pfn);
	found = mp && memctl_mm_isolated(mp->page) && memctl_page_claim(mp, false);
	spin_unlock(&provider->lock);
	return found && memctl_page_ask(mp);
}

void memctl_round_gather(struct memctl_page *first)
{
	unsigned long start = page_to_pfn(first->page);
	unsigned int nr = 0, gap = 0;
	unsigned long pfn;

	for (pfn = start + 1; gap < MEMCTL_ROUND_GAP && nr < MEMCTL_ROUND_MAX; pfn++) {
		bool found = memctl_gather_one(first->provider, pfn);

		gap = found ? 0 : gap + 1;
		nr += found;
		cond_resched();
	}
	for (pfn = start, gap = 0; pfn && gap < MEMCTL_ROUND_GAP && nr < MEMCTL_ROUND_MAX; pfn--) {
		bool found = memctl_gather_one(first->provider, pfn - 1);

		gap = found ? 0 : gap + 1;
		nr += found;
		cond_resched();
	}
}
