// SPDX-License-Identifier: GPL-2.0
/*
 * Built without a sanitizer: reads that race with plain writes, as the kernel's
 * READ_ONCE() may.
 */
#include "shim/run.h"

unsigned long run_peek(const volatile void *at, size_t size)
{
        switch (size) {
        case 1:
                return *(const volatile unsigned char *) at;
        case 4:
                return *(const volatile unsigned int *) at;
        default:
                return *(const volatile unsigned long *) at;
        }
}
