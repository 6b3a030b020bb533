/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dma-heap "memctl", and "memctl_nodeN" for each node that has memory, where there are several.
 */
#ifndef MEMCTL_DMABUF_HEAP_H
#define MEMCTL_DMABUF_HEAP_H

/*
 * Adds the heaps, which stay, and the module with them. -EOPNOTSUPP: this kernel does not let a
 * module do that; or another error.
 */
int memctl_heaps_init(void);

#endif /* MEMCTL_DMABUF_HEAP_H */
