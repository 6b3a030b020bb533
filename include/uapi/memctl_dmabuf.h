/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/memctl_contig: contiguous buffers for devices, as dma-bufs (linux/dma-buf.h). They are those
 * of /dev/dma_heap/memctl, on kernels that take no heaps of modules, too.
 *
 * DMA_HEAP_IOCTL_ALLOC of linux/dma-heap.h is understood as well, with heap_flags 0: a program may
 * be given this device in place of a heap.
 */
#ifndef UAPI_MEMCTL_DMABUF_H
#define UAPI_MEMCTL_DMABUF_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Bits of flags. */
#define MEMCTL_CONTIG_ON_NODE	(1U << 0)	/* on node, and on no other */

/**
 * struct memctl_contig_alloc - MEMCTL_CONTIG_ALLOC
 * @len: in: bytes, not 0; rounded up to the page size. The memory is of zeros
 * @fd: in: 0; out: the buffer
 * @fd_flags: O_RDONLY, O_WRONLY or O_RDWR, and O_CLOEXEC
 * @flags: MEMCTL_CONTIG_ON_NODE, or 0
 * @node: the node; 0 without MEMCTL_CONTIG_ON_NODE
 *
 * As struct dma_heap_allocation_data, in whose heap_flags are flags and node here.
 *
 * With an error nothing is taken. -EINVAL: a number, or a node without memory; -EFAULT; -EMFILE;
 * -ENOMEM: no place can be emptied, too little memory would be left for others, or the caller's
 * memory cgroup has too much; -EDQUOT: its user has; -ENODEV: memctl.ko is not loaded; -EINTR: a
 * signal came.
 */
struct memctl_contig_alloc {
	__u64 len;
	__u32 fd;
	__u32 fd_flags;
	__u32 flags;
	__u32 node;
};

#define MEMCTL_CONTIG_MAGIC	0xb9
#define MEMCTL_CONTIG_ALLOC	_IOWR(MEMCTL_CONTIG_MAGIC, 0, struct memctl_contig_alloc)

#endif /* UAPI_MEMCTL_DMABUF_H */
