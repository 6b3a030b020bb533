// SPDX-License-Identifier: GPL-2.0
/*
 * memctl_heap.ko as it would be without memctl: the same driver, of which no page moves. Its
 * pages are not taken for movable ones then, so the page allocator keeps them apart.
 */
#include "version.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <memctl/movable.h>

static struct memctl_page *test_stays_make(struct memctl_provider *provider, struct page *page,
					   void *data)
{
	return (struct memctl_page *)page;
}

static void test_stays_free(struct memctl_page *handle)
{
	put_page((struct page *)handle);
}

static void test_stays_touch(struct memctl_page *handle)
{
}

#define memctl_page_make test_stays_make
#define memctl_page_free test_stays_free
#define memctl_page_touch test_stays_touch
#undef GFP_HIGHUSER_MOVABLE
#define GFP_HIGHUSER_MOVABLE GFP_HIGHUSER

#include "../../../kernel/drivers/heap/device.c"
#include "../../../kernel/drivers/heap/buffer.c"
#include "../../../kernel/drivers/heap/heap.c"
