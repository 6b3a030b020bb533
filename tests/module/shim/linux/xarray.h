/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An array of pointers: slots sorted by index. xa_lock is the user's; what is
 * looked up without it stands under a lock of the array's own, for RCU.
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
        spinlock_t xa_lock;
        pthread_mutex_t inner;
        size_t nr;
        struct shim_slot slots[128];
};

#define XA_PRESENT 0
#define xa_lock(xa) spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa) spin_unlock(&(xa)->xa_lock)

void xa_init(struct xarray *xa);
void xa_destroy(struct xarray *xa);
bool xa_empty(struct xarray *xa);
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, int filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, int filter);

/* With the lock held; an allocation that may wait drops it in between. */
int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_erase(struct xarray *xa, unsigned long index);

/* Without the lock. */
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp);
void xa_release(struct xarray *xa, unsigned long index);

#define xa_for_each(xa, index, entry)                                                    \
        for ((index) = 0, (entry) = xa_find(xa, &(index), ULONG_MAX, XA_PRESENT); (entry); \
             (entry) = xa_find_after(xa, &(index), ULONG_MAX, XA_PRESENT))

#endif /* SHIM_LINUX_XARRAY_H */
