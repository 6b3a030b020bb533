/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dma-buf: the namespace that its functions are exported in is a string since 6.13, and since 7.0
 * kernels may let modules bring heaps.
 */
#ifndef MEMCTL_MM_DMABUF_H
#define MEMCTL_MM_DMABUF_H

#include <linux/module.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define MEMCTL_IMPORT_DMA_BUF() MODULE_IMPORT_NS("DMA_BUF")
#else
#define MEMCTL_IMPORT_DMA_BUF() MODULE_IMPORT_NS(DMA_BUF)
#endif

#define MEMCTL_MM_HEAPS							\
	(LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0) && IS_ENABLED(CONFIG_DMABUF_HEAPS))

#endif /* MEMCTL_MM_DMABUF_H */
