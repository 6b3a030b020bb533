/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_KREF_H
#define SHIM_LINUX_KREF_H

#include <linux/kernel.h>

struct kref {
        int count;
};

static inline void kref_init(struct kref *ref)
{
        __atomic_store_n(&ref->count, 1, __ATOMIC_RELAXED);
}

static inline void kref_get(struct kref *ref)
{
        run_check(__atomic_fetch_add(&ref->count, 1, __ATOMIC_ACQ_REL) > 0);
}

static inline void kref_put(struct kref *ref, void (*release)(struct kref *ref))
{
        run_point();
        if (__atomic_sub_fetch(&ref->count, 1, __ATOMIC_ACQ_REL) == 0)
                release(ref);
}

#endif /* SHIM_LINUX_KREF_H */
