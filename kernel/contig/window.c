// SPDX-License-Identifier: GPL-2.0
#include <linux/types.h>

#include "contig/window.h"

unsigned long memctl_window_cheapest(const struct memctl_window *window, const u32 *costs,
				     unsigned long nr, u64 least, u64 most, u64 *cost)
{
	unsigned long i, never = 0, found = nr;
	u64 sum = 0;

	for (i = 0; i < nr; i++) {
		unsigned long start = i + 1 - window->span;

		if (costs[i] == MEMCTL_COST_NEVER)
			never++;
		else
			sum += costs[i];
		if (i + 1 < window->span)
			continue;
		if (!never && !((window->first + start) % window->stride) && sum >= least &&
		    sum <= most && (found == nr || sum < *cost)) {
			found = start;
			*cost = sum;
		}
		if (costs[start] == MEMCTL_COST_NEVER)
			never--;
		else
			sum -= costs[start];
	}
	return found;
}
