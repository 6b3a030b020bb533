// SPDX-License-Identifier: GPL-2.0
/*
 * A page of the page allocator's is what charges and uncharges: the charge moves from it, or to
 * it, as when a page migrates.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include "dmabuf/charge.h"
#include "mm/charge.h"

static int memctl_buffer_move_charge(struct page *page, bool charge)
{
	gfp_t gfp = charge ? GFP_KERNEL_ACCOUNT : GFP_KERNEL;
	struct page *other = alloc_page(gfp | __GFP_NORETRY | __GFP_NOWARN);

	if (!other)
		return -ENOMEM;
	if (charge)
		memctl_mm_move_charge(other, page);
	else
		memctl_mm_move_charge(page, other);
	__free_page(other);
	return 0;
}

int memctl_buffer_charge(struct page *page)
{
	return memctl_buffer_move_charge(page, true);
}

int memctl_buffer_uncharge(struct page *page)
{
	return memctl_buffer_move_charge(page, false);
}
