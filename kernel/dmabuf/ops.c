// SPDX-License-Identifier: GPL-2.0
/*
 * What devices and processes do with a buffer. Processes map it by pfn: its pages cannot be
 * pinned through such a mapping by get_user_pages().
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "dmabuf/buffer.h"

/* A device that is attached. */
struct memctl_attachment {
	struct list_head node;
	struct device *device;
	struct sg_table table;
	bool mapped;			/* for the device, now */
};

/* The memory is one run; but an entry of a table counts its bytes with 32 bits. */
static int memctl_buffer_table(const struct memctl_buffer *buffer, struct sg_table *table)
{
	unsigned long left = buffer->pages, pfn = buffer->start, most = SZ_1G >> PAGE_SHIFT;
	struct scatterlist *entry;
	unsigned int i;
	int err;

	err = sg_alloc_table(table, DIV_ROUND_UP(left, most), GFP_KERNEL);
	if (err)
		return err;
	for_each_sgtable_sg(table, entry, i) {
		unsigned long pages = min(left, most);

		sg_set_page(entry, pfn_to_page(pfn), pages << PAGE_SHIFT, 0);
		pfn += pages;
		left -= pages;
	}
	return 0;
}

static int memctl_buffer_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct memctl_attachment *attached = kzalloc(sizeof(*attached), GFP_KERNEL);
	struct memctl_buffer *buffer = dmabuf->priv;
	int err;

	if (!attached)
		return -ENOMEM;
	err = memctl_buffer_table(buffer, &attached->table);
	if (err) {
		kfree(attached);
		return err;
	}
	attached->device = attachment->dev;
	attachment->priv = attached;
	mutex_lock(&buffer->lock);
	list_add(&attached->node, &buffer->attachments);
	mutex_unlock(&buffer->lock);
	return 0;
}

static void memctl_buffer_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct memctl_attachment *attached = attachment->priv;
	struct memctl_buffer *buffer = dmabuf->priv;

	mutex_lock(&buffer->lock);
	list_del(&attached->node);
	mutex_unlock(&buffer->lock);
	sg_free_table(&attached->table);
	kfree(attached);
}

static struct sg_table *memctl_buffer_map(struct dma_buf_attachment *attachment,
					  enum dma_data_direction direction)
{
	struct memctl_attachment *attached = attachment->priv;
	struct memctl_buffer *buffer = attachment->dmabuf->priv;
	int err;

	err = dma_map_sgtable(attached->device, &attached->table, direction, 0);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&buffer->lock);
	attached->mapped = true;
	mutex_unlock(&buffer->lock);
	return &attached->table;
}

static void memctl_buffer_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
				enum dma_data_direction direction)
{
	struct memctl_attachment *attached = attachment->priv;
	struct memctl_buffer *buffer = attachment->dmabuf->priv;

	mutex_lock(&buffer->lock);
	attached->mapped = false;
	mutex_unlock(&buffer->lock);
	dma_unmap_sgtable(attached->device, table, direction, 0);
}

/* For each device that has it mapped. */
static int memctl_buffer_sync(struct dma_buf *dmabuf, enum dma_data_direction direction,
			      void (*sync)(struct device *device, struct sg_table *table,
					   enum dma_data_direction direction))
{
	struct memctl_buffer *buffer = dmabuf->priv;
	struct memctl_attachment *attached;

	mutex_lock(&buffer->lock);
	list_for_each_entry(attached, &buffer->attachments, node) {
		if (attached->mapped)
			sync(attached->device, &attached->table, direction);
	}
	mutex_unlock(&buffer->lock);
	return 0;
}

static int memctl_buffer_begin_cpu(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	return memctl_buffer_sync(dmabuf, direction, dma_sync_sgtable_for_cpu);
}

static int memctl_buffer_end_cpu(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	return memctl_buffer_sync(dmabuf, direction, dma_sync_sgtable_for_device);
}

/*
 * dma-buf has seen that it lies in the buffer. A private mapping would be a copy that no device
 * sees.
 */
static int memctl_buffer_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	const struct memctl_buffer *buffer = dmabuf->priv;

	if (!(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start, buffer->start + vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

/* On machines whose memory can go offline all of it is always mapped. */
static int memctl_buffer_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	const struct memctl_buffer *buffer = dmabuf->priv;

	iosys_map_set_vaddr(map, page_address(pfn_to_page(buffer->start)));
	return 0;
}

static void memctl_buffer_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	iosys_map_clear(map);
}

static void memctl_buffer_release(struct dma_buf *dmabuf)
{
	memctl_buffer_free(dmabuf->priv);
}

const struct dma_buf_ops memctl_buffer_ops = {
	.attach = memctl_buffer_attach,
	.detach = memctl_buffer_detach,
	.map_dma_buf = memctl_buffer_map,
	.unmap_dma_buf = memctl_buffer_unmap,
	.begin_cpu_access = memctl_buffer_begin_cpu,
	.end_cpu_access = memctl_buffer_end_cpu,
	.mmap = memctl_buffer_mmap,
	.vmap = memctl_buffer_vmap,
	.vunmap = memctl_buffer_vunmap,
	.release = memctl_buffer_release,
};
