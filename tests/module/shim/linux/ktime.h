/* SPDX-License-Identifier: GPL-2.0 */
/* Time: a count of looks at the clock. */
#ifndef SHIM_LINUX_KTIME_H
#define SHIM_LINUX_KTIME_H

#include <linux/kernel.h>

typedef int64_t ktime_t;

extern ktime_t shim_time;

#define ktime_get() __atomic_add_fetch(&shim_time, 1, __ATOMIC_RELAXED)
#define ktime_get_mono_fast_ns() ((u64) ktime_get())
#define ktime_sub(a, b) ((a) - (b))
#define ktime_to_ns(t) ((u64) (t))

#endif /* SHIM_LINUX_KTIME_H */
