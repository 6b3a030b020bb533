/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

typedef struct {
        int counter;
} atomic_t;

#define atomic_inc(a) ((void) __atomic_add_fetch(&(a)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_dec(a) ((void) __atomic_sub_fetch(&(a)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_dec_return(a) __atomic_sub_fetch(&(a)->counter, 1, __ATOMIC_SEQ_CST)
#define atomic_read(a) __atomic_load_n(&(a)->counter, __ATOMIC_SEQ_CST)

typedef struct {
        long counter;
} atomic64_t;

#define atomic64_set(a, n) __atomic_store_n(&(a)->counter, (long) (n), __ATOMIC_SEQ_CST)
#define atomic64_add(n, a) ((void) __atomic_add_fetch(&(a)->counter, (long) (n), __ATOMIC_SEQ_CST))
#define atomic64_sub(n, a) ((void) __atomic_sub_fetch(&(a)->counter, (long) (n), __ATOMIC_SEQ_CST))
#define atomic64_read(a) __atomic_load_n(&(a)->counter, __ATOMIC_SEQ_CST)

#endif /* SHIM_LINUX_ATOMIC_H */
