/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks a driver manages (virtio-mem, dax/kmem): /proc/iomem names their memory "System RAM
 * (virtio_mem)", below the device it is of. Such a driver takes its blocks offline and back by itself.
 */
#ifndef MEMCTL_MACHINE_IOMEM_H
#define MEMCTL_MACHINE_IOMEM_H

#include "daemon/machine/snapshot.h"

/* Memory of one driver: no block has memory of two. */
struct iomem_range {
        uint64_t start, end; /* first and last byte */
        char *driver; /* the device: "virtio0", "dax0.0"; the driver, where there is no device above */
};

struct iomem {
        struct iomem_range *ranges; /* ascending */
        size_t n_ranges;
};

/*
 * 0, or -ENOMEM. Nothing where the file is missing, and where it shows no addresses, as to all but root.
 * What is not as the kernel writes it is passed over.
 */
int iomem_read(struct tree *tree, struct iomem *ret);
void iomem_clear(struct iomem *iomem);

/* Reads it, and fills snapshot->drivers and the driver of each block. 0 or -ENOMEM. */
int iomem_place(struct tree *tree, struct snapshot *snapshot);

#endif
