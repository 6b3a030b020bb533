/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers of devices, mapped here: memctl_heap.ko's, which move, and those of a dma-buf heap.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"
#include "uapi/memctl_heap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static int map_buffer(struct sample *sample, int buffer)
{
        sample->memory = mmap(NULL, sample->size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer, 0);
        if (sample->memory == MAP_FAILED)
                return sample_refuse(sample, -errno, "a buffer cannot be mapped: %s", strerror(errno));
        sample_fill(sample);
        return 0;
}

static int make_heap(struct sample *sample)
{
        _cleanup_close_ int device = open("/dev/memctl_heap", O_RDWR | O_CLOEXEC), buffer = -1;
        struct memctl_heap_alloc alloc = { .size = sample->size };

        if (device < 0)
                return sample_refuse(sample, -ENODEV, "needs the module memctl_heap");
        if (ioctl(device, MEMCTL_HEAP_ALLOC, &alloc) < 0)
                return sample_refuse(sample, -errno, "/dev/memctl_heap: %s", strerror(errno));
        buffer = alloc.fd;
        return map_buffer(sample, buffer);
}

static int make_dma_buf(struct sample *sample)
{
        static const char *const heaps[] = { "/dev/dma_heap/system", "/dev/dma_heap/reserved" };
        struct dma_heap_allocation_data alloc = { .len = sample->size, .fd_flags = O_RDWR | O_CLOEXEC };
        _cleanup_close_ int heap = -1, buffer = -1;

        for (size_t i = 0; heap < 0 && i < ELEMENTSOF(heaps); i++)
                heap = open(heaps[i], O_RDWR | O_CLOEXEC);
        if (heap < 0)
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no heap of dma-bufs");
        if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &alloc) < 0)
                return sample_refuse(sample, -errno, "dma-buf: %s", strerror(errno));
        buffer = (int) alloc.fd;
        return map_buffer(sample, buffer);
}

const struct kind kind_memctl_heap = {
        .name = "memctl-heap",
        .what = "buffers of memctl_heap.ko, a driver whose pages move",
        .traits = KIND_KERNEL,
        .make = make_heap,
};

const struct kind kind_dma_buf = {
        .name = "dma-buf",
        .what = "a dma-buf of the system heap",
        .traits = KIND_KERNEL,
        .make = make_dma_buf,
};
