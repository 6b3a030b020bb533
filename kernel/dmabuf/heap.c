// SPDX-License-Identifier: GPL-2.0
/*
 * Kernels that export dma_heap_add() have nothing that removes a heap. Whether this one exports it
 * is found out at run time, for nothing else tells.
 */
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/slab.h>

#include "dmabuf/buffer.h"
#include "dmabuf/heap.h"
#include "mm/dmabuf.h"

#if MEMCTL_MM_HEAPS
/* Heaps stay, and so do these. */
static typeof(dma_heap_get_drvdata) *memctl_heap_data;

static struct dma_buf *memctl_heap_allocate(struct dma_heap *heap, unsigned long bytes,
					    u32 fd_flags, u64 heap_flags)
{
	return memctl_buffer_new(bytes, (long)memctl_heap_data(heap), fd_flags);
}

static const struct dma_heap_ops memctl_heap_ops = {
	.allocate = memctl_heap_allocate,
};

static int memctl_heap_add(typeof(dma_heap_add) *add, const char *name, long node)
{
	struct dma_heap_export_info info = {
		.name = name,
		.ops = &memctl_heap_ops,
		.priv = (void *)node,
	};

	return PTR_ERR_OR_ZERO(add(&info));
}

static void memctl_heap_add_nodes(typeof(dma_heap_add) *add)
{
	int node;

	if (num_node_state(N_MEMORY) < 2)
		return;
	for_each_node_state(node, N_MEMORY) {
		char *name = kasprintf(GFP_KERNEL, "memctl_node%d", node);

		if (!name || memctl_heap_add(add, name, node)) {
			pr_warn("there is no heap for node %d\n", node);
			kfree(name);
		}
	}
}

int memctl_heaps_init(void)
{
	typeof(dma_heap_add) *add = symbol_get(dma_heap_add);
	int err;

	if (!add)
		return -EOPNOTSUPP;
	memctl_heap_data = symbol_get(dma_heap_get_drvdata);
	err = memctl_heap_data ? memctl_heap_add(add, "memctl", NUMA_NO_NODE) : -EOPNOTSUPP;
	if (err)
		goto out;
	__module_get(THIS_MODULE);
	memctl_heap_add_nodes(add);
out:
	if (err && memctl_heap_data)
		symbol_put(dma_heap_get_drvdata);
	symbol_put(dma_heap_add);
	return err;
}
#else
int memctl_heaps_init(void)
{
	return -EOPNOTSUPP;
}
#endif
