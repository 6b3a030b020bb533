/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel's most basic headers give: types, errors, strings, annotations. */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../run.h"

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint64_t __u64;
typedef uint32_t __u32;
typedef uint16_t __u16;
typedef uint8_t __u8;
typedef uint8_t u8;
typedef unsigned int gfp_t;

#define __user
#define __acquires(lock)
#define __releases(lock)
#define EXPORT_SYMBOL_GPL(symbol)
#define IS_ENABLED(option) 1
#define pr_info(...) fprintf(stderr, __VA_ARGS__)

#define NSEC_PER_SEC 1000000000ULL
#define U64_MAX UINT64_MAX

#define container_of(ptr, type, member) ((type *) ((char *) (ptr) - offsetof(type, member)))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define min3(a, b, c) min(min(a, b), c)
#define max_t(type, a, b) ((type) (a) > (type) (b) ? (type) (a) : (type) (b))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))
#define min_t(type, a, b) ((type) (a) < (type) (b) ? (type) (a) : (type) (b))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x)) (a) - 1))
#define ALIGN(x, a) ALIGN_DOWN((x) + (a) - 1, a)
#define IS_ALIGNED(x, a) (ALIGN_DOWN(x, a) == (x))

/* As in the kernel, plain writes of a word are taken to be atomic: TSan does not see these reads. */
static inline unsigned long shim_read_once(const volatile void *at, size_t size)
{
        run_point();
        return run_peek(at, size);
}
#define READ_ONCE(x) ((__typeof__(x)) shim_read_once(&(x), sizeof(x)))

#define WRITE_ONCE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELAXED)
#define WARN_ON_ONCE(condition) run_check(!(condition))
/* A barrier stands where another thread matters; ThreadSanitizer knows no fence, but this is one. */
static inline void shim_barrier(void)
{
        static int barrier;

        __atomic_fetch_add(&barrier, 1, __ATOMIC_SEQ_CST);
        run_point();
}
#define smp_mb() shim_barrier()
#define smp_mb__after_atomic() smp_mb()

#define MAX_ERRNO 4095
#define IS_ERR(ptr) ((unsigned long) (ptr) >= (unsigned long) -MAX_ERRNO)
#define PTR_ERR(ptr) ((long) (ptr))
#define ERR_PTR(error) ((void *) (long) (error))

static inline long strscpy(char *to, const char *from, size_t size)
{
        return snprintf(to, size, "%s", from);
}

#define HZ 100
#define cond_resched() do { } while (0)
#define current NULL
#define signal_pending(task) ((void) (task), 0)
#define schedule_timeout_uninterruptible(ticks) run_sleep(ticks)
/* Of a mutex or a spinlock: either begins with its lock. */
#define shim_lock_of(lock) ((struct run_lock *) (lock))
#define lockdep_assert_held(lock) run_check(run_lock_held(shim_lock_of(lock)))

#endif /* SHIM_LINUX_KERNEL_H */
