/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's own compaction of a node. It moves what lies low, so nothing follows from pages that stay
 * unless plain pages beside them move.
 */
#include "matrix/cell/operation.h"

#include "matrix/machine/attribute.h"
#include "matrix/machine/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void compaction_path(int node, char *ret, size_t size)
{
        (void) snprintf(ret, size, "/sys/devices/system/node/node%d/compact", node);
        if (!attribute_exists(ret))
                (void) snprintf(ret, size, "/proc/sys/vm/compact_memory");
}

static int prepare(char *note)
{
        char path[96];

        compaction_path(place_home(), path, sizeof(path));
        if (attribute_exists(path))
                return 0;
        (void) snprintf(note, NOTE_MAX, "the kernel has no compaction");
        return -EOPNOTSUPP;
}

static void run(struct trial *trial)
{
        uint64_t before = vmstat("compact_migrate_scanned");
        char path[96];
        int node, r;

        (void) trial_target(trial, &node);
        compaction_path(node, path, sizeof(path));
        r = attribute_write(path, "1");
        trial->evidence.error = -r;
        if (vmstat("compact_migrate_scanned") == before)
                trial_not_tried(trial, "compaction looked at no page");
}

const struct operation operation_compaction = {
        .name = "compaction",
        .what = "compacts a node, with up to 600 MiB of memory that is taken for a moment, once a kind",
        .traits = OPERATION_PARTLY | OPERATION_CONTROL,
        .seconds = 15,
        .prepare = prepare,
        .run = run,
};
