/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What /proc/iomem says of memory: which of it a driver manages (virtio-mem, dax/kmem: "System RAM
 * (virtio_mem)", below the device it is of), where there is none, and what the kernel has kept for itself
 * since it booted.
 */
#ifndef MEMCTL_MACHINE_IOMEM_H
#define MEMCTL_MACHINE_IOMEM_H

#include "daemon/machine/snapshot.h"

struct iomem_range {
        uint64_t start, end; /* first and last byte */
        char *name;
};

/* Memory of one driver: no block has memory of two. */
struct iomem_managed {
        uint64_t start, end;
        char *device;          /* the nearest above that is no memory; the driver, where there is none */
        char *driver;          /* the word in brackets */
        uint64_t device_bytes; /* of the device's range */
};

struct iomem_list {
        struct iomem_range *ranges; /* ascending by start */
        size_t n;
};

struct iomem {
        struct iomem_managed *managed; /* ascending by start */
        size_t n_managed;
        struct iomem_list memory;   /* all of it, managed or not */
        struct iomem_list reserved; /* parts of it: "Crash kernel", "Kernel code" and the like */
        struct iomem_list others;   /* the outermost ranges that are no memory */
};

/*
 * 0, or -ENOMEM. Nothing where the file is missing, and where it shows no addresses, as to all but root.
 * What is not as the kernel writes it is passed over.
 */
int iomem_read(struct tree *tree, struct iomem *ret);
void iomem_clear(struct iomem *iomem);

/* Reads it, and fills snapshot->drivers, the driver of each block, and the marks. 0 or -ENOMEM. */
int iomem_place(struct tree *tree, struct snapshot *snapshot);

/* Of iomem_place(): fills snapshot->marks. page_size: 0 where it is not known. 0 or -ENOMEM. */
int iomem_mark(const struct iomem *iomem, uint64_t page_size, struct snapshot *snapshot);

#endif
