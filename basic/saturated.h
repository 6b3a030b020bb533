/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sums of figures that nobody vouches for: too much is UINT64_MAX, too little is 0.
 */
#ifndef MEMCTL_BASIC_SATURATED_H
#define MEMCTL_BASIC_SATURATED_H

#include <stdint.h>

static inline uint64_t add_saturated(uint64_t a, uint64_t b)
{
        uint64_t sum;

        return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static inline uint64_t multiply_saturated(uint64_t a, uint64_t b)
{
        uint64_t product;

        return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static inline uint64_t subtract_to_zero(uint64_t a, uint64_t b)
{
        return a > b ? a - b : 0;
}

#endif
