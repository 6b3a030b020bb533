/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/eject.h"

int eject_judge(const struct snapshot *snapshot, const struct dimm *dimm, struct reason_list *reasons)
{
        int r;

        if (!dimm->ejectable) {
                struct reason reason = {
                        .code = REASON_NOT_EJECTABLE,
                        .block = REASON_NO_BLOCK,
                        .text = dimm->name,
                };

                r = reason_list_add(reasons, &reason);
                if (r < 0)
                        return r;
        }

        for (size_t i = 0; i < dimm->n_blocks; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, dimm->blocks[i]);

                if (!block || block->state == BLOCK_OFFLINE)
                        continue;
                r = reason_list_add_block(reasons, REASON_BLOCKS_ONLINE, block->number, NULL);
                if (r < 0)
                        return r;
        }

        return 0;
}
