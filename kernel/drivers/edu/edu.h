/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver for QEMU's edu device behind an IOMMU, whose buffers may move while the device
 * is at work: what a driver of a GPU or of another device with an MMU does, in small.
 *
 * movable.c  the operations of a provider: the file to copy
 * space.c    the device's address space: which page is mapped, and what the IOMMU forgets
 * buffer.c   a buffer: its pages, its file
 * job.c      DMA, the interrupt, and power
 * edu.c      the PCI device, the device node
 *
 * Lock order: page lock -> edu->lock, and edu->job_lock -> edu->lock. Page tables are
 * allocated under edu->lock, and reclaim may then call the provider's operations in the
 * same task; so all of those only try that lock.
 */
#ifndef MEMCTL_EDU_H
#define MEMCTL_EDU_H

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/genalloc.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <memctl/movable.h>
#include <uapi/memctl_edu.h>

struct edu_buffer;

/* A page of a buffer. All but the first two fields are guarded by edu->lock. */
struct edu_slot {
	struct edu_buffer *buffer;
	struct memctl_page *handle;
	struct page *page;		/* where the content is */
	bool mapped;			/* for the device, at edu_slot_iova() */
	bool held;			/* pinned by MEMCTL_EDU_PIN */
};

struct edu_buffer {
	struct edu_device *edu;
	unsigned long iova;		/* its place in the device's address space, for life */
	size_t size;
	bool dying;			/* no page of it is mapped any more; under edu->lock */
	unsigned long pages;
	struct edu_slot slots[];
};

struct edu_device {
	struct pci_dev *pdev;
	void __iomem *mmio;
	struct memctl_provider *provider;
	struct miscdevice misc;
	struct kref ref;		/* the PCI device's, each buffer's and each open node's */

	struct mutex lock;		/* the address space, and all below */
	struct iommu_domain *domain;
	struct gen_pool *space;
	bool awake;			/* not suspended */
	bool stale;			/* translations to forget before it does DMA again */
	bool gone;			/* unplugged, or broken */
	struct memctl_edu_info count;

	struct mutex job_lock;		/* the device does one transfer at a time */
	struct completion transferred;
};

static inline unsigned long edu_slot_iova(const struct edu_slot *slot)
{
	return slot->buffer->iova + ((slot - slot->buffer->slots) << PAGE_SHIFT);
}

/* movable.c */
extern const struct memctl_movable_ops edu_movable_ops;

/* space.c */
int edu_space_init(struct edu_device *edu);
void edu_space_exit(struct edu_device *edu);
int edu_slot_map(struct edu_slot *slot);
int edu_slot_use(struct edu_slot *slot);
void edu_slot_unmap(struct edu_slot *slot);
void edu_forget(struct edu_device *edu);
void edu_forget_stale(struct edu_device *edu);

/* buffer.c */
struct edu_buffer *edu_buffer_new(struct edu_device *edu, size_t size);
void edu_buffer_free(struct edu_buffer *buffer);
struct file *edu_buffer_file(struct edu_buffer *buffer);

/* job.c */
extern const struct dev_pm_ops edu_pm_ops;
int edu_job_init(struct edu_device *edu);
void edu_job_exit(struct edu_device *edu);
int edu_job_copy(struct edu_slot *from, unsigned int from_offset, struct edu_slot *to,
		 unsigned int to_offset, unsigned int length);

/* edu.c */
void edu_put(struct edu_device *edu);

#endif /* MEMCTL_EDU_H */
