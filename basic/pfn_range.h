/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMCTL_BASIC_PFN_RANGE_H
#define MEMCTL_BASIC_PFN_RANGE_H

#include <stdint.h>

/* Page frames; end is the first that is not in it. */
struct pfn_range {
        uint64_t start, end;
};

#endif
