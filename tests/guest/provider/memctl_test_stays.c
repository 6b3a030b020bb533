// SPDX-License-Identifier: GPL-2.0
/*
 * memctl_heap.ko as it would be without memctl: the same driver, of which no page moves. Like those of any
 * such driver its pages are not taken for movable ones, so the page allocator keeps them apart.
 */
#include "version.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <memctl/movable.h>

static struct memctl_page *test_stays_make(struct page *page)
{
	return (struct memctl_page *)page;
}

static void test_stays_free(struct memctl_page *handle)
{
	put_page((struct page *)handle);
}

#define memctl_page_make(provider, page, data) test_stays_make(page)
#define memctl_page_free(handle) test_stays_free(handle)
#define memctl_page_touch(handle) ((void)(handle))
#undef GFP_HIGHUSER_MOVABLE
#define GFP_HIGHUSER_MOVABLE GFP_HIGHUSER

#include "../../../kernel/drivers/heap/device.c"
#include "../../../kernel/drivers/heap/buffer.c"
#include "../../../kernel/drivers/heap/heap.c"
