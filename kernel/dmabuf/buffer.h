/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buffers of contiguous memory, as dma-bufs: buffer.c has their memory, ops.c what devices and
 * processes do with them.
 */
#ifndef MEMCTL_DMABUF_BUFFER_H
#define MEMCTL_DMABUF_BUFFER_H

#include <linux/dma-buf.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct memctl_user;

struct memctl_buffer {
	unsigned long start, pages;	/* the first pfn, and how many */
	struct memctl_user *user;	/* whose it is */
	struct mutex lock;		/* around the attachments */
	struct list_head attachments;
};

/**
 * memctl_buffer_new() - a buffer
 * @bytes: a multiple of the page size, not 0
 * @node: on which, or NUMA_NO_NODE
 * @fd_flags: of the file descriptor to be: O_ACCMODE and O_CLOEXEC
 *
 * Its content is zeros. The calling process's memory cgroup and user pay for it.
 *
 * Context: Process context; sleeps for as long as what is in the way takes to move.
 * Return: the dma-buf, or as a pointer -ENOMEM: no such memory is to be had, or the cgroup has
 * too much; -EDQUOT: the user has; -ENODEV: memctl.ko is not loaded; -EINTR, -ERESTARTSYS: a
 * signal came.
 */
struct dma_buf *memctl_buffer_new(size_t bytes, int node, u32 fd_flags);

/* The last reference to a dma-buf is gone. Sleeps. */
void memctl_buffer_free(struct memctl_buffer *buffer);

extern const struct dma_buf_ops memctl_buffer_ops;

#endif /* MEMCTL_DMABUF_BUFFER_H */
