/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/snapshot_read.h"

#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"
#include "daemon/machine/iomem.h"

#include <errno.h>

int snapshot_read(struct tree *tree, struct snapshot **ret, char **message)
{
        _cleanup_(snapshot_freep) struct snapshot *snapshot = NULL;
        int r;

        snapshot = calloc(1, sizeof(*snapshot));
        if (!snapshot)
                return -ENOMEM;

        r = blocks_read_all(tree, snapshot, message);
        if (r < 0)
                return r;
        r = iomem_place(tree, snapshot);
        if (r < 0)
                return r;
        r = dimms_read_all(tree, snapshot);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(snapshot);
        return 0;
}
