/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers of devices, mapped here: memctl_heap.ko's, which move, and those of a dma-buf heap.
 */
#include "matrix/cell/kind.h"

#include "basic/cleanup.h"
#include "matrix/machine/census.h"
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

/* They are mapped by pfn, of which pagemap tells nothing. */
static int find_heap(const struct sample *sample, uint64_t **ret, size_t *ret_n)
{
        (void) sample;
        return census("heap", ret, ret_n);
}

static int make_heap(struct sample *sample)
{
        _cleanup_close_ int device = open("/dev/memctl_heap", O_RDWR | O_CLOEXEC), buffer = -1;
        struct memctl_heap_alloc alloc = { .size = sample->size };
        int r;

        if (device < 0)
                return sample_refuse(sample, -ENODEV, "needs the module memctl_heap");
        if (ioctl(device, MEMCTL_HEAP_ALLOC, &alloc) < 0)
                return sample_refuse(sample, -errno, "/dev/memctl_heap: %s", strerror(errno));
        buffer = alloc.fd;
        r = map_buffer(sample, buffer);
        if (r >= 0)
                r = find_heap(sample, &sample->pfns, &sample->n_pfns);
        if (r >= 0 && sample->n_pfns == 0)
                r = sample_refuse(sample, -ENODEV, "the survey finds none");
        return r;
}

#define BIT(flag) (UINT64_C(1) << (flag))

/* Its buffers are of large pieces for the most part, which have none of the marks that others have. */
static int find_dma_buf(const struct sample *sample, uint64_t **ret, size_t *ret_n)
{
        (void) sample;
        return pages_with(BIT(KPF_COMPOUND_HEAD) | BIT(KPF_COMPOUND_TAIL),
                          BIT(KPF_SLAB) | BIT(KPF_LRU) | BIT(KPF_HUGE) | BIT(KPF_THP) | BIT(KPF_ANON) |
                                  BIT(KPF_UPTODATE) | BIT(KPF_BUDDY) | BIT(KPF_PGTABLE) | BIT(KPF_OFFLINE),
                          ret, ret_n);
}

static int allocate(struct sample *sample, int *ret)
{
        static const char *const heaps[] = { "/dev/dma_heap/system", "/dev/dma_heap/reserved" };
        struct dma_heap_allocation_data alloc = { .len = sample->size, .fd_flags = O_RDWR | O_CLOEXEC };
        _cleanup_close_ int heap = -1;

        for (size_t i = 0; heap < 0 && i < ELEMENTSOF(heaps); i++)
                heap = open(heaps[i], O_RDWR | O_CLOEXEC);
        if (heap < 0)
                return sample_refuse(sample, -EOPNOTSUPP, "the kernel has no heap of dma-bufs");
        if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &alloc) < 0)
                return sample_refuse(sample, -errno, "dma-buf: %s", strerror(errno));
        *ret = (int) alloc.fd;
        return 0;
}

static int make_dma_buf(struct sample *sample)
{
        _cleanup_free_ uint64_t *before = NULL, *after = NULL;
        _cleanup_close_ int buffer = -1;
        size_t n_before, n_after;
        int r;

        r = find_dma_buf(sample, &before, &n_before);
        if (r < 0)
                return sample_refuse(sample, r, "/proc/kpageflags: %s", strerror(-r));
        r = allocate(sample, &buffer);
        if (r >= 0)
                r = map_buffer(sample, buffer);
        if (r >= 0)
                r = find_dma_buf(sample, &after, &n_after);
        if (r >= 0)
                r = sample_take_new(sample, before, n_before, after, n_after);
        if (r >= 0 && sample->n_pfns < sample->n / 2)
                r = sample_refuse(sample, -ENODEV, "which pages the buffer has cannot be told");
        return r;
}

const struct kind kind_memctl_heap = {
        .name = "memctl-heap",
        .what = "buffers of memctl_heap.ko, a driver whose pages move",
        .traits = KIND_KERNEL | KIND_PIECES,
        .make = make_heap,
        .find = find_heap,
};

const struct kind kind_dma_buf = {
        .name = "dma-buf",
        .what = "a dma-buf of the system heap",
        .traits = KIND_KERNEL | KIND_LOW,
        .make = make_dma_buf,
        .find = find_dma_buf,
};
