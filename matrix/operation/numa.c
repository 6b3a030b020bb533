/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * To another node: move_pages(2), migrate_pages(2), mbind(2).
 */
#include "matrix/cell/operation.h"

#include "basic/cleanup.h"
#include "matrix/machine/place.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

static int prepare(char *note)
{
        if (place_other(place_home()) >= 0)
                return 0;
        (void) snprintf(note, NOTE_MAX, "needs two nodes with free memory");
        return -ENODEV;
}

/* The error that most pages have had; 0: most have none. */
static int most_frequent(const int *statuses, size_t n)
{
        size_t most = 0;
        int found = 0;

        for (size_t i = 0; i < n; i++) {
                size_t same = 0;

                if (statuses[i] >= 0 || statuses[i] == -found)
                        continue;
                for (size_t j = 0; j < n; j++)
                        same += statuses[j] == statuses[i];
                if (same > most) {
                        most = same;
                        found = -statuses[i];
                }
        }
        return found;
}

/* A folio is named once: the kernel has it off its list when it comes to the next page of it. */
static bool begins_folio(const struct trial *trial, size_t i)
{
        return trial->sample->kind->find || i == 0 || trial->before[i].pfn == 0 || trial->before[i].first ||
               trial->before[i].pfn != trial->before[i - 1].pfn + 1;
}

static void run_move_pages(struct trial *trial)
{
        const struct sample *sample = trial->sample;
        _cleanup_free_ void **addresses = calloc(sample->n, sizeof(*addresses));
        _cleanup_free_ int *nodes = calloc(sample->n, sizeof(*nodes));
        _cleanup_free_ int *statuses = calloc(sample->n, sizeof(*statuses));
        int to = trial_target(trial, NULL);
        size_t n = 0;

        if (!addresses || !nodes || !statuses) {
                trial_not_tried(trial, "%s", strerror(ENOMEM));
                return;
        }
        for (size_t i = 0; i < sample->n; i++) {
                if (!begins_folio(trial, i))
                        continue;
                addresses[n] = sample->memory + i * sample->page_size;
                nodes[n++] = to;
        }
        if (syscall(SYS_move_pages, 0, n, addresses, nodes, statuses, MPOL_MF_MOVE_ALL) < 0)
                trial->evidence.error = errno;
        else
                trial->evidence.error = most_frequent(statuses, n);
}

static void run_migrate_pages(struct trial *trial)
{
        unsigned long from[NODE_BITS / 8 / sizeof(unsigned long)], to[NODE_BITS / 8 / sizeof(unsigned long)];

        int node, target = trial_target(trial, &node);

        place_mask(node, from);
        place_mask(target, to);
        if (syscall(SYS_migrate_pages, 0, NODE_BITS, from, to) < 0)
                trial->evidence.error = errno;
}

static void run_mbind(struct trial *trial)
{
        const struct sample *sample = trial->sample;
        unsigned long to[NODE_BITS / 8 / sizeof(unsigned long)];

        place_mask(trial_target(trial, NULL), to);
        if (syscall(SYS_mbind, sample->memory, sample->n * sample->page_size, MPOL_BIND, to, NODE_BITS,
                    MPOL_MF_STRICT | MPOL_MF_MOVE_ALL) < 0)
                trial->evidence.error = errno;
}

const struct operation operation_move_pages = {
        .name = "move_pages",
        .what = "moves the pages to another node (move_pages)",
        .traits = OPERATION_ADDRESS,
        .seconds = 15,
        .prepare = prepare,
        .run = run_move_pages,
};

const struct operation operation_migrate_pages = {
        .name = "migrate_pages",
        .what = "moves all of the probe to another node (migrate_pages)",
        .seconds = 15,
        .prepare = prepare,
        .run = run_migrate_pages,
};

const struct operation operation_mbind = {
        .name = "mbind",
        .what = "binds the pages to another node (mbind)",
        .traits = OPERATION_ADDRESS,
        .seconds = 15,
        .prepare = prepare,
        .run = run_mbind,
};
