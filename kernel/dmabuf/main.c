// SPDX-License-Identifier: GPL-2.0
/*
 * memctl_dmabuf.ko: contiguous buffers for devices, from /dev/memctl_contig, and from
 * /dev/dma_heap/memctl on kernels that take heaps of modules. A module of its own, for a heap
 * cannot be removed again.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "dmabuf/device.h"
#include "dmabuf/heap.h"
#include "mm/dmabuf.h"

static int __init memctl_dmabuf_init(void)
{
	int heaps = memctl_heaps_init(), err;

	if (heaps && heaps != -EOPNOTSUPP)
		return heaps;
	err = memctl_device_init();
	if (err && !heaps) {	/* these stay */
		pr_warn("there is no /dev/memctl_contig (%d)\n", err);
		return 0;
	}
	if (!err && heaps)
		pr_info("this kernel takes no dma-heaps of modules, buffers are from /dev/memctl_contig\n");
	return err;
}

/* There are no heaps then, for these hold the module. */
static void __exit memctl_dmabuf_exit(void)
{
	memctl_device_exit();
}

module_init(memctl_dmabuf_init);
module_exit(memctl_dmabuf_exit);

MEMCTL_IMPORT_DMA_BUF();
MODULE_SOFTDEP("pre: memctl");
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("Buffers of contiguous memory for devices, with CMA and without");
MODULE_VERSION(MEMCTL_MODULE_VERSION);
