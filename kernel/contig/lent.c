// SPDX-License-Identifier: GPL-2.0
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "contig/lent.h"

/* Pfns [start, end). */
struct memctl_lent_run {
	struct rb_node node;
	unsigned long start, end;
};

static DEFINE_SPINLOCK(memctl_lent_lock);
static struct rb_root memctl_lent = RB_ROOT;	/* by pfn; no two overlap */

static struct memctl_lent_run *memctl_lent_of(struct rb_node *node)
{
	return rb_entry(node, struct memctl_lent_run, node);
}

int memctl_lent_add(unsigned long start, unsigned long end)
{
	struct memctl_lent_run *run = kmalloc(sizeof(*run), GFP_KERNEL);
	struct rb_node **link = &memctl_lent.rb_node, *parent = NULL;

	if (!run)
		return -ENOMEM;
	run->start = start;
	run->end = end;
	spin_lock(&memctl_lent_lock);
	while (*link) {
		parent = *link;
		link = start < memctl_lent_of(parent)->start ? &parent->rb_left :
							       &parent->rb_right;
	}
	rb_link_node(&run->node, parent, link);
	rb_insert_color(&run->node, &memctl_lent);
	spin_unlock(&memctl_lent_lock);
	return 0;
}

/* A run with some of [start, end); or NULL. The lock is held. */
static struct memctl_lent_run *memctl_lent_find(unsigned long start, unsigned long end)
{
	struct rb_node *node = memctl_lent.rb_node;

	while (node) {
		struct memctl_lent_run *run = memctl_lent_of(node);

		if (end <= run->start)
			node = node->rb_left;
		else if (start >= run->end)
			node = node->rb_right;
		else
			return run;
	}
	return NULL;
}

void memctl_lent_remove(unsigned long start)
{
	struct memctl_lent_run *run;

	spin_lock(&memctl_lent_lock);
	run = memctl_lent_find(start, start + 1);
	if (!WARN_ON_ONCE(!run))
		rb_erase(&run->node, &memctl_lent);
	spin_unlock(&memctl_lent_lock);
	kfree(run);
}

/* What is added from now on sees that it goes (memctl_fence_wants()). */
static int memctl_lent_memory(struct notifier_block *block, unsigned long action, void *arg)
{
	const struct memory_notify *memory = arg;
	bool lent;

	if (action != MEM_GOING_OFFLINE)
		return NOTIFY_OK;
	spin_lock(&memctl_lent_lock);
	lent = memctl_lent_find(memory->start_pfn, memory->start_pfn + memory->nr_pages);
	spin_unlock(&memctl_lent_lock);
	return lent ? notifier_from_errno(-EBUSY) : NOTIFY_OK;
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
}
