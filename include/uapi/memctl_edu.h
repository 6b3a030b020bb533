/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/memctl_edu: buffers of movable pages for QEMU's edu device, which copies between
 * them by DMA. A buffer is a file descriptor: pread() and pwrite() are the CPU's way to
 * its content, and it is freed with the last descriptor.
 *
 * Sizes, offsets and lengths are in bytes. Fields named reserved must be 0.
 */
#ifndef UAPI_MEMCTL_EDU_H
#define UAPI_MEMCTL_EDU_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The device's address space, and so the most that all buffers can have. */
#define MEMCTL_EDU_SPACE	(1ULL << 28)

/**
 * struct memctl_edu_alloc - MEMCTL_EDU_ALLOC, on the device
 * @size: in: a multiple of the page size, not 0; its memory is zeroed
 * @fd: out: the buffer, with O_CLOEXEC
 * @reserved: 0
 *
 * -EINVAL for the size, -ENOSPC when the device's address space has no such range,
 * -ENOMEM (no process is killed for it), -EINTR when the caller is being killed,
 * -ENODEV when the device is gone.
 */
struct memctl_edu_alloc {
	__u64 size;
	__s32 fd;
	__u32 reserved;
};

/**
 * struct memctl_edu_copy - MEMCTL_EDU_COPY, on a buffer: by DMA transfers, from
 *	memory into the device and from the device to memory, two for each 2048 bytes
 * @from, @to: offsets in the buffer
 * @length: 1 to a page; neither range crosses the end of a page. What is copied between
 *	ranges that overlap is undefined
 * @reserved: 0
 *
 * -EINVAL for a range, -ENOMEM when a page cannot be mapped for the device, -EINTR,
 * -EIO when the device does not answer, -ENODEV when it is gone.
 */
struct memctl_edu_copy {
	__u64 from;
	__u64 to;
	__u32 length;
	__u32 reserved;
};

/**
 * struct memctl_edu_pin - MEMCTL_EDU_PIN and MEMCTL_EDU_UNPIN, on a buffer: keep the page
 *	at an offset where it is, as scan-out does
 * @offset: a multiple of the page size
 *
 * A page has one such pin or none: -EBUSY if it has, -ENOENT if it has not. Closing the
 * buffer ends it.
 */
struct memctl_edu_pin {
	__u64 offset;
};

/**
 * struct memctl_edu_info - MEMCTL_EDU_INFO, on the device: counted since it was bound
 * @mapped: pages mapped for the device
 * @unmapped: pages whose mapping was taken away
 * @invalidations: times the IOMMU was told to forget its translations
 * @transfers: by DMA, of at most a page
 */
struct memctl_edu_info {
	__u64 mapped;
	__u64 unmapped;
	__u64 invalidations;
	__u64 transfers;
};

#define MEMCTL_EDU_MAGIC	0xb8
#define MEMCTL_EDU_ALLOC	_IOWR(MEMCTL_EDU_MAGIC, 0, struct memctl_edu_alloc)
#define MEMCTL_EDU_COPY		_IOW(MEMCTL_EDU_MAGIC, 1, struct memctl_edu_copy)
#define MEMCTL_EDU_PIN		_IOW(MEMCTL_EDU_MAGIC, 2, struct memctl_edu_pin)
#define MEMCTL_EDU_UNPIN	_IOW(MEMCTL_EDU_MAGIC, 3, struct memctl_edu_pin)
#define MEMCTL_EDU_INFO		_IOR(MEMCTL_EDU_MAGIC, 4, struct memctl_edu_info)

#endif /* UAPI_MEMCTL_EDU_H */
