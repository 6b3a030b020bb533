/* SPDX-License-Identifier: GPL-2.0 */
/* Mutexes and spinlocks: all are locks of run.h. */
#ifndef SHIM_LINUX_MUTEX_H
#define SHIM_LINUX_MUTEX_H

#include <linux/kernel.h>

struct mutex {
        struct run_lock lock;
};
typedef struct run_lock spinlock_t;

#define DEFINE_MUTEX(name) struct mutex name
#define DEFINE_SPINLOCK(name) spinlock_t name
#define mutex_lock(m) run_lock(&(m)->lock)
#define mutex_lock_interruptible(m) (run_lock(&(m)->lock), 0)
#define mutex_trylock(m) run_trylock(&(m)->lock)
#define mutex_unlock(m) run_unlock(&(m)->lock)
typedef struct run_lock raw_spinlock_t;
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name
#define raw_spin_lock_init(l) memset(l, 0, sizeof(*(l)))
#define raw_spin_lock_irqsave(l, flags) ((flags) = 0, run_lock(l))
#define raw_spin_unlock_irqrestore(l, flags) ((void) (flags), run_unlock(l))
#define spin_lock_init(l) memset(l, 0, sizeof(*(l)))
#define spin_lock(l) run_lock(l)
#define spin_unlock(l) run_unlock(l)

#endif /* SHIM_LINUX_MUTEX_H */
