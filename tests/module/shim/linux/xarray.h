/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An array of pointers: slots sorted by index, under a lock of its own.
 */
#ifndef SHIM_LINUX_XARRAY_H
#define SHIM_LINUX_XARRAY_H

#include <limits.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct shim_slot {
        unsigned long index;
        void *entry; /* NULL: reserved */
};

struct xarray {
        pthread_mutex_t inner;
        size_t nr;
        struct shim_slot slots[128];
};

#define XA_PRESENT 0

void xa_init(struct xarray *xa);
void xa_destroy(struct xarray *xa);
bool xa_empty(struct xarray *xa);
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, int filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, int filter);

/* Without memory to wait for: the index must be there, or have been reserved. */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp);
void xa_release(struct xarray *xa, unsigned long index);

#define xa_for_each(xa, index, entry)                                                    \
        for ((index) = 0, (entry) = xa_find(xa, &(index), ULONG_MAX, XA_PRESENT); (entry); \
             (entry) = xa_find_after(xa, &(index), ULONG_MAX, XA_PRESENT))

#endif /* SHIM_LINUX_XARRAY_H */
