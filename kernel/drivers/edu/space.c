// SPDX-License-Identifier: GPL-2.0
/*
 * The device's address space: an IOMMU domain that is the driver's own. A page keeps its
 * address (IOVA) for life; what changes is which page of memory stands behind it.
 *
 * The DMA API would not do: dma_map_page() gives a new address each time, and decides by
 * itself when the IOMMU forgets old ones. A driver of a device that has an MMU itself has
 * its page tables in place of the domain, and its own TLB command in edu_forget().
 *
 * All below but init and exit is called with edu->lock held.
 */
#include <linux/iommu.h>

#include "edu.h"
#include "mm/iommu.h"

/*
 * The device reaches 28 bits. Address 0 is left out, so that a transfer set up wrongly
 * faults. A driver that uses more of the space leaves out iommu_get_resv_regions(), too.
 */
#define EDU_SPACE_START		PAGE_SIZE

int edu_space_init(struct edu_device *edu)
{
	struct device *dev = &edu->pdev->dev;
	int err;

	if (!device_iommu_mapped(dev)) {
		dev_err(dev, "no IOMMU translates for the device (on x86: intel_iommu=on)\n");
		return -ENODEV;
	}
	edu->space = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!edu->space)
		return -ENOMEM;
	err = gen_pool_add(edu->space, EDU_SPACE_START, MEMCTL_EDU_SPACE - EDU_SPACE_START,
			   NUMA_NO_NODE);
	if (err)
		goto pool;
	edu->domain = memctl_iommu_domain_alloc(dev);
	if (IS_ERR(edu->domain)) {
		err = PTR_ERR(edu->domain);
		goto pool;
	}
	err = iommu_attach_device(edu->domain, dev);
	if (err)
		goto domain;
	return 0;
domain:
	iommu_domain_free(edu->domain);
pool:
	gen_pool_destroy(edu->space);
	return err;
}

/* The device was detached, and no page is mapped. */
void edu_space_exit(struct edu_device *edu)
{
	iommu_domain_free(edu->domain);
	gen_pool_destroy(edu->space);
}

/* Maps a page that is not mapped: 0, or an errno and it is not. */
int edu_slot_map(struct edu_slot *slot)
{
	struct edu_device *edu = slot->buffer->edu;
	int err;

	lockdep_assert_held(&edu->lock);
	if (slot->mapped)
		return 0;
	if (edu->gone || slot->buffer->dying)
		return -ENODEV;
	err = memctl_iommu_map_page(edu->domain, edu_slot_iova(slot), slot->page);
	if (err)
		return err;
	slot->mapped = true;
	edu->count.mapped++;
	return 0;
}

/*
 * The same for whoever is going to use the page, rather than for an operation of the provider's
 * on it: the VM may be about to move it, and is told that it is no longer prepared.
 */
int edu_slot_use(struct edu_slot *slot)
{
	int err = edu_slot_map(slot);

	if (!err)
		memctl_page_touch(slot->handle);
	return err;
}

/*
 * Takes a mapping away; edu_forget() is to follow before the page is given away.
 *
 * The gather is marked as queued: else iommu_unmap_fast() invalidates by itself as soon as
 * pages do not follow each other, once a page for pages that lie scattered. Page tables,
 * which a gather would collect to be freed, stay: one page never empties a table.
 */
void edu_slot_unmap(struct edu_slot *slot)
{
	struct edu_device *edu = slot->buffer->edu;
	struct iommu_iotlb_gather gather;

	lockdep_assert_held(&edu->lock);
	if (!slot->mapped)
		return;
	iommu_iotlb_gather_init(&gather);
	gather.queued = true;
	iommu_unmap_fast(edu->domain, edu_slot_iova(slot), PAGE_SIZE, &gather);
	slot->mapped = false;
	edu->stale = true;
	edu->count.unmapped++;
}

/* Drops the translations that were taken away, all in one command. Waits for it. */
void edu_forget_stale(struct edu_device *edu)
{
	lockdep_assert_held(&edu->lock);
	if (!edu->stale)
		return;
	iommu_flush_iotlb_all(edu->domain);
	edu->stale = false;
	edu->count.invalidations++;
}

/*
 * The same, but a suspended device is not bothered: it does no DMA, and its resume drops
 * what has become stale (edu_resume()). To wake a device because memory is compacted
 * would cost more than compaction brings, and may wait for what allocates memory.
 */
void edu_forget(struct edu_device *edu)
{
	if (edu->awake)
		edu_forget_stale(edu);
}
