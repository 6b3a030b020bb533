// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/mm.h>

#include "contig/lend.h"
#include "contig/take.h"
#include "contig/warm.h"
#include "mm/contig.h"

static bool memctl_lend_fits(unsigned long start, const void *data)
{
	const struct memctl_contig_request *request = data;
	const struct page *page = pfn_to_page(start);

	return (request->node == NUMA_NO_NODE || page_to_nid(page) == request->node) &&
	       (!request->movable_zone || page_zonenum(page) == ZONE_MOVABLE);
}

static bool memctl_lend_warm(struct memctl_contig *contig)
{
	const struct memctl_contig_request *request = &contig->request;
	unsigned long start;

	if (request->area || memctl_contig_is_small(request) ||
	    !memctl_warm_get(request->pages, request->align, memctl_lend_fits, request, &start))
		return false;
	if (memctl_contig_may_be(request, start)) {
		contig->start = start;
		contig->taken = true;
		return true;
	}
	memctl_warm_put(start, start + request->pages);
	return false;
}

int memctl_contig_serve(struct memctl_contig *contig)
{
	if (!contig->asked) {
		contig->asked = true;
		if (memctl_lend_warm(contig))
			return 0;
	}
	return memctl_contig_step(contig);
}

int memctl_contig_take(unsigned long pages, unsigned long align, int node, unsigned long *start)
{
	struct memctl_contig contig = {
		.request = { .pages = pages, .align = align, .node = node },
	};
	int err = memctl_contig_begin(&contig);

	while (!err && !contig.taken)
		err = memctl_contig_serve(&contig);
	*start = contig.start;
	memctl_contig_end(&contig);
	return err;
}
EXPORT_SYMBOL_GPL(memctl_contig_take);

void memctl_contig_give(unsigned long start, unsigned long pages)
{
	if (pages < pageblock_nr_pages)	/* small requests do not look into the reserve either */
		memctl_mm_give(start, start + pages);
	else
		memctl_warm_put(start, start + pages);
}
EXPORT_SYMBOL_GPL(memctl_contig_give);
