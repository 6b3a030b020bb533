// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/mm.h>

#include "contig/lend.h"
#include "contig/lent.h"
#include "contig/take.h"
#include "contig/warm.h"
#include "mm/contig.h"

static bool memctl_lend_fits(unsigned long start, const void *data)
{
	const struct memctl_contig_request *request = data;
	const struct page *page = pfn_to_page(start);

	return memctl_request_has_node(request, page_to_nid(page)) &&
	       (!request->movable_zone || page_zonenum(page) == ZONE_MOVABLE) &&
	       !memctl_request_excludes(request, start, start + request->pages);
}

/* 0, and it is taken if the reserve has some. */
static int memctl_lend_warm(struct memctl_contig *contig)
{
	const struct memctl_contig_request *request = &contig->request;

	if (request->area || memctl_contig_is_small(request) ||
	    !memctl_warm_get(request->pages, request->align, memctl_lend_fits, request,
			     &contig->start))
		return 0;
	contig->taken = true;
	return memctl_contig_tell(contig);
}

/*
 * They are somebody's, and stay. That is said first, and then looked whether they may: else memory
 * that begins to go offline in between would neither hear of them nor be seen.
 */
static int memctl_lend(struct memctl_contig *contig)
{
	unsigned long start = contig->start, end = start + contig->request.pages;
	int err = memctl_lent_add(start, end);

	if (!err && memctl_contig_may_be(&contig->request, start))
		return 0;
	if (!err)
		memctl_lent_remove(start);
	memctl_mm_give(start, end);
	contig->taken = false;
	return err ?: memctl_contig_changed(contig);
}

int memctl_contig_serve(struct memctl_contig *contig)
{
	int err = 0;

	if (!contig->asked) {
		contig->asked = true;
		err = memctl_lend_warm(contig);
	}
	if (!err && !contig->taken)
		err = memctl_contig_step(contig);
	return !err && contig->taken && !contig->request.area ? memctl_lend(contig) : err;
}

int memctl_contig_take(unsigned long pages, unsigned long align, int node,
		       int (*took)(unsigned long start, unsigned long end), unsigned long *start)
{
	struct memctl_contig contig = {
		.request = {
			.pages = pages,
			.align = align,
			.node = node,
			.patient = true,
			.took = took,
		},
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
	memctl_lent_remove(start);
	if (pages < pageblock_nr_pages)	/* small requests do not look into the reserve either */
		memctl_mm_give(start, start + pages);
	else
		memctl_warm_put(start, start + pages);
}
EXPORT_SYMBOL_GPL(memctl_contig_give);
