// SPDX-License-Identifier: GPL-2.0
/*
 * The model device: like a GPU behind an IOMMU it has translations of its own (a
 * TLB) and a write-back cache that the CPU does not see. Work goes to the page
 * that the TLB names, through the cache; so a migration that does not flush both
 * loses data, and tests see it.
 *
 * Both are direct-mapped and small. Flushing is one command, whatever it covers:
 * that is why a flush a round is so much cheaper than a flush a page.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "heap.h"

#define HEAP_TLB	1024
#define HEAP_LINES	64

struct heap_line {
	struct heap_slot *slot;		/* whose data it has; NULL: nobody's */
	struct page *page;		/* where it is written back to */
	u64 *data;
	bool dirty;
};

/* A leaf lock around all below; nothing is allocated under it. */
static DEFINE_MUTEX(heap_device_lock);
static struct {
	struct heap_slot *slot;
	struct page *page;
} heap_tlb[HEAP_TLB];
static struct heap_line heap_lines[HEAP_LINES];
static struct heap_device_counters heap_counters;

static void heap_line_clean(struct heap_line *line)
{
	if (line->slot && line->dirty) {
		void *to = kmap_local_page(line->page);

		copy_page(to, line->data);
		kunmap_local(to);
		heap_counters.writebacks++;
	}
	line->slot = NULL;
	line->dirty = false;
}

/* The page that the device takes for this slot: a translation is used until it is flushed. */
static struct page *heap_tlb_walk(struct heap_slot *slot)
{
	unsigned int entry = heap_slot_index(slot) % HEAP_TLB;

	if (heap_tlb[entry].slot != slot) {
		memctl_page_touch(slot->handle);
		heap_tlb[entry].slot = slot;
		heap_tlb[entry].page = slot->page;
		heap_counters.misses++;
	}
	return heap_tlb[entry].page;
}

static struct heap_line *heap_line_get(struct heap_slot *slot)
{
	struct heap_line *line = &heap_lines[heap_slot_index(slot) % HEAP_LINES];
	struct page *page;
	void *from;

	if (line->slot == slot)
		return line;
	page = heap_tlb_walk(slot);
	heap_line_clean(line);
	from = kmap_local_page(page);
	copy_page(line->data, from);
	kunmap_local(from);
	line->slot = slot;
	line->page = page;
	return line;
}

/*
 * The device works on words of one page. Called with the buffer's lock held, so
 * that the page stays where it is meanwhile. For MEMCTL_HEAP_SUM, the sum.
 */
u64 heap_device_run(struct heap_slot *slot, unsigned int operation, unsigned int first,
		    unsigned int words, u64 value)
{
	struct heap_line *line;
	unsigned int i;
	u64 sum = 0;

	mutex_lock(&heap_device_lock);
	line = heap_line_get(slot);
	for (i = first; i < first + words; i++) {
		if (operation == MEMCTL_HEAP_FILL)
			line->data[i] = value + i - first;
		else
			sum += line->data[i];
	}
	line->dirty |= operation == MEMCTL_HEAP_FILL;
	mutex_unlock(&heap_device_lock);
	return sum;
}

/* Cleans the cache and drops the translations, all of them, in one command. */
void heap_device_flush_all(void)
{
	unsigned int i;

	mutex_lock(&heap_device_lock);
	for (i = 0; i < HEAP_LINES; i++)
		heap_line_clean(&heap_lines[i]);
	for (i = 0; i < HEAP_TLB; i++)
		heap_tlb[i].slot = NULL;
	heap_counters.flushes++;
	mutex_unlock(&heap_device_lock);
}

/* The same for some pages of a buffer. */
void heap_device_flush(struct heap_slot *slots, unsigned long nr)
{
	unsigned int i;

	mutex_lock(&heap_device_lock);
	for (i = 0; i < HEAP_LINES; i++) {
		if (heap_lines[i].slot >= slots && heap_lines[i].slot < slots + nr)
			heap_line_clean(&heap_lines[i]);
	}
	for (i = 0; i < HEAP_TLB; i++) {
		if (heap_tlb[i].slot >= slots && heap_tlb[i].slot < slots + nr)
			heap_tlb[i].slot = NULL;
	}
	heap_counters.flushes++;
	mutex_unlock(&heap_device_lock);
}

void heap_device_count(struct heap_device_counters *counters)
{
	mutex_lock(&heap_device_lock);
	*counters = heap_counters;
	mutex_unlock(&heap_device_lock);
}

int heap_device_init(void)
{
	unsigned int i;

	for (i = 0; i < HEAP_LINES; i++) {
		heap_lines[i].data = (u64 *)__get_free_page(GFP_KERNEL);
		if (!heap_lines[i].data) {
			heap_device_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void heap_device_exit(void)
{
	unsigned int i;

	for (i = 0; i < HEAP_LINES; i++)
		free_page((unsigned long)heap_lines[i].data);
}
