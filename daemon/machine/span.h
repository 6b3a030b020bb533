/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where memory is on a machine whose kernel has no memory blocks: what the zones of /proc/zoneinfo span.
 */
#ifndef MEMCTL_MACHINE_SPAN_H
#define MEMCTL_MACHINE_SPAN_H

#include "daemon/machine/tree.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The numbers that blocks of a size would have, ascending, each once, to be freed: of those with a page of a
 * zone. At most SPAN_BLOCKS_MAX. 0 or -ENOMEM; none where zoneinfo or the page size are not told.
 */
#define SPAN_BLOCKS_MAX 1048576U

int span_blocks(struct tree *tree, uint64_t block_size, uint32_t **ret, size_t *ret_n);

#endif
