/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/clock.h"

#include <time.h>

double seconds_now(void)
{
        struct timespec now = { 0 };

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}
