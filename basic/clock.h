/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A clock's time as one number; it begins at some time of the clock's own (CLOCK_MONOTONIC: the boot).
 */
#ifndef MEMCTL_BASIC_CLOCK_H
#define MEMCTL_BASIC_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_nsec(clockid_t clock)
{
        struct timespec now;

        (void) clock_gettime(clock, &now);
        return (uint64_t) now.tv_sec * UINT64_C(1000000000) + (uint64_t) now.tv_nsec;
}

static inline uint64_t clock_usec(clockid_t clock)
{
        return clock_nsec(clock) / 1000;
}

#endif
