// SPDX-License-Identifier: GPL-2.0
#include <linux/gfp.h>
#include <linux/maple_tree.h>
#include <linux/memory.h>
#include <linux/notifier.h>

#include "contig/lent.h"

static DEFINE_MTREE(memctl_lent);	/* by pfn; an entry says nothing but that it is there */

int memctl_lent_add(unsigned long start, unsigned long end)
{
	return mtree_insert_range(&memctl_lent, start, end - 1, xa_mk_value(start), GFP_KERNEL);
}

void memctl_lent_remove(unsigned long start)
{
	mtree_erase(&memctl_lent, start);
}

/* What is added from now on sees that it goes (memctl_fence_wants()). */
static int memctl_lent_memory(struct notifier_block *block, unsigned long action, void *arg)
{
	const struct memory_notify *memory = arg;
	unsigned long pfn = memory->start_pfn;

	if (action == MEM_GOING_OFFLINE &&
	    mt_find(&memctl_lent, &pfn, memory->start_pfn + memory->nr_pages - 1))
		return notifier_from_errno(-EBUSY);
	return NOTIFY_OK;
}

static struct notifier_block memctl_lent_block = {
	.notifier_call = memctl_lent_memory,
};

int memctl_lent_init(void)
{
	return register_memory_notifier(&memctl_lent_block);
}

void memctl_lent_exit(void)
{
	unregister_memory_notifier(&memctl_lent_block);
	mtree_destroy(&memctl_lent);
}
