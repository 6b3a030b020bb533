/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What DAMON is to watch, and what it has seen, as ranges of pfns.
 */
#ifndef MEMCTL_QUERY_DAMON_RANGES_H
#define MEMCTL_QUERY_DAMON_RANGES_H

#include "daemon/pages/cold.h"

/*
 * What is watched apart, of the blocks that have cold pages: ranges of pfns, at most DAMON_RANGES_MAX,
 * ascending. With gaps, where there would be more. 0 or -ENOMEM.
 */
#define DAMON_RANGES_MAX 512U

int damon_ranges(const struct cold *cold, struct cold_ranges *ret);

/* The regions in a scheme's folder "tried_regions", by pfn. 0; -EBADMSG when they make no sense; or why not.
 */
int damon_read_regions(int directory_fd, uint64_t page_size, struct cold_ranges *ret);

#endif
