/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The heap: buffers of movable pages for a device that is not coherent with the
 * CPU, and a model of such a device.
 *
 * heap.c    the device node, allocation, and the provider's operations
 * buffer.c  a buffer: its file, its mappings, its work
 * device.c  the model device: a TLB and a write-back cache that must be flushed
 *
 * Lock order: page lock -> buffer->lock -> heap_device_lock, and mmap_lock ->
 * buffer->lock. Page tables are allocated under buffer->lock, and reclaim may then
 * wait for a migration; so migrate() and prepare() only try that lock.
 */
#ifndef MEMCTL_HEAP_H
#define MEMCTL_HEAP_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <memctl/movable.h>
#include <uapi/memctl_heap.h>

struct heap_buffer;

/* A page of a buffer. */
struct heap_slot {
	struct heap_buffer *buffer;
	struct memctl_page *handle;
	struct page *page;		/* under buffer->lock */
};

struct heap_buffer {
	struct mutex lock;		/* which page is where, and who has it mapped */
	struct address_space mapping;	/* the user mappings of this buffer */
	unsigned long pages;
	struct heap_slot slots[];
};

/* buffer.c */
struct heap_buffer *heap_buffer_new(struct memctl_provider *provider, unsigned long pages);
void heap_buffer_free(struct heap_buffer *buffer);
struct file *heap_buffer_file(struct heap_buffer *buffer);
void heap_buffer_unmap(struct heap_buffer *buffer, unsigned long index, unsigned long nr);

static inline unsigned long heap_slot_index(const struct heap_slot *slot)
{
	return slot - slot->buffer->slots;
}

/* device.c */
struct heap_device_counters {
	u64 flushes;		/* commands to clean the cache and drop translations */
	u64 writebacks;		/* dirty lines written to memory */
	u64 misses;		/* translations looked up */
};

int heap_device_init(void);
void heap_device_exit(void);
void heap_device_flush_all(void);
void heap_device_flush(struct heap_slot *slots, unsigned long nr);
u64 heap_device_run(struct heap_slot *slot, unsigned int operation, unsigned int first,
		    unsigned int words, u64 value);
void heap_device_count(struct heap_device_counters *counters);

#endif /* MEMCTL_HEAP_H */
