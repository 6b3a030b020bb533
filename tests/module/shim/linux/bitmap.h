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

static inline bool test_bit(unsigned long bit, const unsigned long *map)
{
        return map[bit / BITS_PER_LONG] >> bit % BITS_PER_LONG & 1;
}
#define __set_bit(bit, map) ((void) ((map)[(bit) / BITS_PER_LONG] |= 1UL << (bit) % BITS_PER_LONG))
#define __clear_bit(bit, map) ((void) ((map)[(bit) / BITS_PER_LONG] &= ~(1UL << (bit) % BITS_PER_LONG)))

static inline void bitmap_set(unsigned long *map, unsigned long bit, unsigned long bits)
{
        for (; bits; bit++, bits--)
                __set_bit(bit, map);
}

static inline void bitmap_clear(unsigned long *map, unsigned long bit, unsigned long bits)
{
        for (; bits; bit++, bits--)
                __clear_bit(bit, map);
}

static inline unsigned long bitmap_weight(const unsigned long *map, unsigned long bits)
{
        unsigned long weight = 0;

        while (bits--)
                weight += test_bit(bits, map);
        return weight;
}

/* size, if none is set */
static inline unsigned long find_last_bit(const unsigned long *map, unsigned long size)
{
        for (unsigned long bit = size; bit; bit--) {
                if (test_bit(bit - 1, map))
                        return bit - 1;
        }
        return size;
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
