// SPDX-License-Identifier: GPL-2.0
/*
 * Each buffer holds memctl.ko, by the function that its memory goes back with. While there is
 * none, that module can be unloaded, although this one may have to stay (heap.c).
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page_ref.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "contig/lend.h"
#include "dmabuf/buffer.h"
#include "dmabuf/charge.h"
#include "dmabuf/quota.h"

/* Pages: buffers are aligned to their size, but to no more than that. */
#define MEMCTL_BUFFER_ALIGN 256UL

/* What memctl.ko says, as the other heaps would. Only a deadly signal ends a request. */
static int memctl_buffer_error(int err)
{
	if (err == -EINTR)
		return -ERESTARTSYS;
	return !err || err == -ENODEV ? err : -ENOMEM;
}

/* A part at a time: who may not have so much does not take it from others first. */
static int memctl_buffer_charge_all(unsigned long start, unsigned long end)
{
	for (; start < end; start++) {
		int err = memctl_buffer_charge(pfn_to_page(start));

		if (err)
			return err;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* With memctl.ko held, unless there is an error. */
static int memctl_buffer_take(struct memctl_buffer *buffer, int node)
{
	unsigned long align = min(roundup_pow_of_two(buffer->pages), MEMCTL_BUFFER_ALIGN);
	typeof(memctl_contig_take) *take = symbol_get(memctl_contig_take);
	int err = -ENODEV;

	if (!take)
		return err;
	if (symbol_get(memctl_contig_give)) {
		err = take(buffer->pages, align, node, memctl_buffer_charge_all, &buffer->start);
		if (err)
			symbol_put(memctl_contig_give);
	}
	symbol_put(memctl_contig_take);
	return err;
}

static bool memctl_buffer_is_nobodys(struct page *page)
{
	return page_ref_count(page) == 1 && !memctl_buffer_uncharge(page);
}

/*
 * memctl.ko may keep for others what nobody pays for, and nobody has a reference to: up to 6.12
 * KVM takes one through a mapping by pfn. The rest goes back to the page allocator.
 */
static void memctl_buffer_give(struct memctl_buffer *buffer)
{
	typeof(memctl_contig_give) *give = symbol_get(memctl_contig_give);
	unsigned long nobodys = 0, i;

	while (nobodys < buffer->pages &&
	       memctl_buffer_is_nobodys(pfn_to_page(buffer->start + nobodys))) {
		nobodys++;
		cond_resched();
	}
	give(buffer->start, nobodys);	/* there, for the buffer holds it, too */
	for (i = nobodys; i < buffer->pages; i++) {
		__free_page(pfn_to_page(buffer->start + i));
		cond_resched();
	}
	symbol_put(memctl_contig_give);
	symbol_put(memctl_contig_give);
}

/* Before anybody sees it. */
static int memctl_buffer_prepare(struct memctl_buffer *buffer)
{
	unsigned long i;

	for (i = 0; i < buffer->pages; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		clear_page(page_address(pfn_to_page(buffer->start + i)));
		cond_resched();
	}
	return 0;
}

static struct memctl_buffer *memctl_buffer_make(size_t bytes, int node)
{
	struct memctl_buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL_ACCOUNT);
	int err;

	if (!buffer)
		return ERR_PTR(-ENOMEM);
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->attachments);
	buffer->pages = bytes >> PAGE_SHIFT;
	buffer->user = memctl_quota_take(bytes);
	if (IS_ERR(buffer->user)) {
		err = PTR_ERR(buffer->user);
		goto free;
	}
	err = memctl_buffer_error(memctl_buffer_take(buffer, node));
	if (err)
		goto quota;
	err = memctl_buffer_prepare(buffer);
	if (!err)
		return buffer;
	memctl_buffer_give(buffer);
quota:
	memctl_quota_return(buffer->user, bytes);
free:
	kfree(buffer);
	return ERR_PTR(err);
}

void memctl_buffer_free(struct memctl_buffer *buffer)
{
	memctl_buffer_give(buffer);
	memctl_quota_return(buffer->user, buffer->pages << PAGE_SHIFT);
	mutex_destroy(&buffer->lock);
	kfree(buffer);
}

struct dma_buf *memctl_buffer_new(size_t bytes, int node, u32 fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct memctl_buffer *buffer;
	struct dma_buf *dmabuf;

	if (bytes >> PAGE_SHIFT > totalram_pages())
		return ERR_PTR(-ENOMEM);
	buffer = memctl_buffer_make(bytes, node);
	if (IS_ERR(buffer))
		return ERR_CAST(buffer);
	info.exp_name = "memctl";
	info.ops = &memctl_buffer_ops;
	info.size = bytes;
	info.flags = fd_flags;
	info.priv = buffer;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		memctl_buffer_free(buffer);
	return dmabuf;
}
