/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctl.ko reserves the very piece of memory in which the pages lie, and gives it back.
 */
#include "matrix/cell/operation.h"

#include "daemon/machine/tree.h"
#include "daemon/module/module.h"
#include "daemon/module/reserver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PIECE 512 /* pages: a page block, below which alloc_contig_range() does not work */

static int prepare(char *note)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        _cleanup_free_ char *message = NULL;

        if (tree_open(NULL, &tree, &message) >= 0 && module_is_loaded(tree))
                return 0;
        (void) snprintf(note, NOTE_MAX, "needs memctl.ko");
        return -ENODEV;
}

static int reserve(uint64_t start, uint64_t pages, struct trial *trial)
{
        struct reserver_wish wish = { .pages = pages, .align = pages, .node = -1, .n_exclude = 2 };
        _cleanup_(reserver_freep) struct reserver *reserver = NULL;
        _cleanup_(tree_closep) struct tree *tree = NULL;
        _cleanup_free_ char *message = NULL;
        struct reservation_step step;
        int r;

        wish.exclude[0] = (struct pfn_range){ .start = 0, .end = start };
        wish.exclude[1] = (struct pfn_range){ .start = start + pages, .end = UINT64_C(1) << 40 };
        r = tree_open(NULL, &tree, &message);
        if (r >= 0)
                r = reserver_new(tree, &reserver, &message);
        if (r >= 0)
                r = reserver_reserve(reserver, &wish, NULL, &step, &message);
        if (r < 0 && message)
                trial_note(trial, "%s", message);
        return r;
}

static void run(struct trial *trial)
{
        uint64_t start, pages = PIECE;

        if (trial->sample->kind->order > 9)
                pages = UINT64_C(1) << trial->sample->kind->order;
        if (!trial_most(trial, pages, NULL, &start)) {
                trial_not_tried(trial, "where its pages lie is not known");
                return;
        }
        (void) trial_aim(trial, start, start + pages);
        trial->evidence.error = -reserve(start, pages, trial);
}

const struct operation operation_reserve = {
        .name = "reserve",
        .what = "has memctl.ko reserve 2 MiB where the pages lie, and gives it back, once a kind",
        .seconds = 20,
        .prepare = prepare,
        .run = run,
};
