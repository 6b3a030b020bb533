/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/memctl_heap: movable device buffers. A buffer is a file descriptor: it can
 * be mapped (MAP_SHARED, all or part of it), synchronised with the device, given
 * to the device for work, and is freed when the last descriptor and mapping are.
 *
 * Sizes, offsets and lengths are in bytes. Fields named reserved must be 0.
 */
#ifndef UAPI_MEMCTL_HEAP_H
#define UAPI_MEMCTL_HEAP_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct memctl_heap_alloc - MEMCTL_HEAP_ALLOC, on the device
 * @size: in: a multiple of the page size, not 0; its memory is zeroed
 * @fd: out: the buffer, with O_CLOEXEC
 * @reserved: 0
 *
 * -EINVAL for the size, -ENOMEM when there is not as much memory (no process is
 * killed for it), -EINTR when the caller is being killed.
 */
struct memctl_heap_alloc {
	__u64 size;
	__s32 fd;
	__u32 reserved;
};

#define MEMCTL_HEAP_TO_DEVICE	(1U << 0)	/* what the CPU wrote is seen by the device */
#define MEMCTL_HEAP_FROM_DEVICE	(1U << 1)	/* what the device wrote is seen by the CPU */

/**
 * struct memctl_heap_sync - MEMCTL_HEAP_SYNC, on a buffer
 * @offset, @length: a range within the buffer, in bytes; length not 0
 * @direction: MEMCTL_HEAP_TO_DEVICE, _FROM_DEVICE or both
 * @reserved: 0
 */
struct memctl_heap_sync {
	__u64 offset;
	__u64 length;
	__u32 direction;
	__u32 reserved;
};

#define MEMCTL_HEAP_FILL	1	/* word i of the buffer becomes value + i */
#define MEMCTL_HEAP_SUM		2	/* value is set to the sum of the words */

/**
 * struct memctl_heap_run - MEMCTL_HEAP_RUN, on a buffer: work for the model device
 * @offset, @length: a range within the buffer, multiples of 8; length not 0
 * @value: in or out, as the operation says
 * @operation: MEMCTL_HEAP_FILL or _SUM, on 64-bit words
 * @reserved: 0
 *
 * -EINTR when a signal came; a range is then done in part.
 */
struct memctl_heap_run {
	__u64 offset;
	__u64 length;
	__u64 value;
	__u32 operation;
	__u32 reserved;
};

#define MEMCTL_HEAP_MAGIC	0xb7
#define MEMCTL_HEAP_ALLOC	_IOWR(MEMCTL_HEAP_MAGIC, 0, struct memctl_heap_alloc)
#define MEMCTL_HEAP_SYNC	_IOW(MEMCTL_HEAP_MAGIC, 1, struct memctl_heap_sync)
#define MEMCTL_HEAP_RUN		_IOWR(MEMCTL_HEAP_MAGIC, 2, struct memctl_heap_run)

#endif /* UAPI_MEMCTL_HEAP_H */
