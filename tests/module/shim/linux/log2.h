/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_LOG2_H
#define SHIM_LINUX_LOG2_H

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
        return 1UL << (8 * (int) sizeof(n) - 1 - __builtin_clzl(n));
}

static inline unsigned int order_base_2(unsigned long n)
{
        return n > 1 ? 8 * (unsigned int) sizeof(n) - (unsigned int) __builtin_clzl(n - 1) : 0;
}

#endif /* SHIM_LINUX_LOG2_H */
