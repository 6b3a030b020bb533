/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/reservation_name.h"

#include "uapi/memctl_cma.h"
#include "uapi/memctl_contig.h"

#include <stddef.h>
#include <string.h>

#define DIGITS     "0123456789"
#define CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-_.:@"

_Static_assert(RESERVATION_NAME_SIZE == MEMCTL_RESERVATION_NAME_MAX + 1, "as memctl.ko has it");
_Static_assert(RESERVATION_AREA_SIZE == MEMCTL_CMA_NAME_MAX + 1, "as memctl.ko has it");

bool reservation_name_is_valid(const char *name)
{
        size_t n = strlen(name);

        return n > 0 && n < RESERVATION_NAME_SIZE && strspn(name, CHARACTERS) == n &&
               strspn(name, DIGITS) < n;
}
