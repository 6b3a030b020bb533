/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/machine.h"

#include "basic/cleanup.h"
#include "basic/saturated.h"
#include "daemon/machine/text.h"

enum online_target online_target_of(const struct memory_block *block)
{
        return block->zones == ZONE_MOVABLE ? TARGET_MOVABLE : TARGET_KERNEL;
}

struct online_machine online_machine_of(const struct snapshot *snapshot, uint64_t cma_bytes)
{
        struct online_machine machine = { 0 };

        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                const struct memory_block *block = &snapshot->blocks[i];

                if (block->state != BLOCK_ONLINE)
                        continue;
                if (online_target_of(block) == TARGET_MOVABLE)
                        machine.movable_bytes += snapshot->block_size;
                else
                        machine.kernel_bytes += snapshot->block_size;
        }
        machine.movable_bytes += cma_bytes;
        machine.kernel_bytes = subtract_to_zero(machine.kernel_bytes, cma_bytes);
        return machine;
}

uint64_t online_cma_bytes(const struct tree *tree)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/meminfo");
        uint64_t bytes = 0;

        if (text)
                (void) text_kib(text, "CmaTotal:", &bytes);
        return bytes;
}
