/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver's own IOMMU domain: how it is allocated since 6.11, and how a page is mapped
 * in it since 6.3. For drivers; memctl.ko itself has no use for it.
 */
#ifndef MEMCTL_MM_IOMMU_H
#define MEMCTL_MM_IOMMU_H

#include <linux/device.h>
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/version.h>

/* An empty domain for the device's IOMMU, or ERR_PTR. May sleep. */
static inline struct iommu_domain *memctl_iommu_domain_alloc(struct device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return iommu_paging_domain_alloc(dev);
#else
	struct iommu_domain *domain = iommu_domain_alloc(dev->bus);

	return domain ?: ERR_PTR(-ENOMEM);
#endif
}

/*
 * Maps one page for reading and writing; the page tables may be allocated, so this may
 * sleep and reclaim memory. 0 or a negative errno, then nothing is mapped.
 */
static inline int memctl_iommu_map_page(struct iommu_domain *domain, unsigned long iova,
					struct page *page)
{
	int prot = IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	return iommu_map(domain, iova, page_to_phys(page), PAGE_SIZE, prot, GFP_KERNEL);
#else
	return iommu_map(domain, iova, page_to_phys(page), PAGE_SIZE, prot);
#endif
}

#endif /* MEMCTL_MM_IOMMU_H */
