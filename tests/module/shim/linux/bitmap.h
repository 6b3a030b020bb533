/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_BITMAP_H
#define SHIM_LINUX_BITMAP_H

#include <limits.h>
#include <stdbool.h>

#define BITS_PER_LONG (CHAR_BIT * sizeof(long))
#define BITS_TO_LONGS(bits) (((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG)

static inline void set_bit(unsigned long bit, unsigned long *map)
{
        __atomic_fetch_or(&map[bit / BITS_PER_LONG], 1UL << bit % BITS_PER_LONG, __ATOMIC_SEQ_CST);
}

static inline bool test_and_clear_bit(unsigned long bit, unsigned long *map)
{
        unsigned long mask = 1UL << bit % BITS_PER_LONG;

        return __atomic_fetch_and(&map[bit / BITS_PER_LONG], ~mask, __ATOMIC_SEQ_CST) & mask;
}

static inline unsigned long shim_find_bit(const unsigned long *map, unsigned long size,
                                          unsigned long bit, bool value)
{
        for (; bit < size; bit++) {
                unsigned long word = __atomic_load_n(&map[bit / BITS_PER_LONG], __ATOMIC_RELAXED);

                if ((bool) (word >> bit % BITS_PER_LONG & 1) == value)
                        break;
        }
        return bit;
}
#define find_next_bit(map, size, bit) shim_find_bit(map, size, bit, true)
#define find_next_zero_bit(map, size, bit) shim_find_bit(map, size, bit, false)

#endif /* SHIM_LINUX_BITMAP_H */
