// SPDX-License-Identifier: GPL-2.0
/*
 * memctl_dma_heap.ko: contiguous buffers for devices, from /dev/dma_heap/memctl, on kernels that
 * take heaps of modules. A module of its own, for a heap cannot be removed again.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "dmabuf/heap.h"
#include "mm/dmabuf.h"

static int __init memctl_dma_heap_init(void)
{
	int err = memctl_heaps_init();

	if (err == -EOPNOTSUPP)
		pr_info("this kernel takes no dma-heaps of modules: Linux from 7.0 on does, with CONFIG_DMABUF_HEAPS\n");
	return err;
}

/* There are no heaps then, for these hold the module. */
static void __exit memctl_dma_heap_exit(void)
{
}

module_init(memctl_dma_heap_init);
module_exit(memctl_dma_heap_exit);

MEMCTL_IMPORT_DMA_BUF();
MODULE_SOFTDEP("pre: memctl");
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("Buffers of contiguous memory for devices, with CMA and without");
MODULE_VERSION(MEMCTL_MODULE_VERSION);
