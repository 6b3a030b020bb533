/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads all totals; zram's and the balloon's here.
 */
#include "daemon/pages/totals.h"

#include "daemon/machine/listing.h"
#include "daemon/machine/text.h"
#include "basic/attr.h"
#include "basic/number.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct zram {
        struct tree *tree;
        uint64_t bytes;
        bool any;
};

/* The third figure of mm_stat is what the disk has taken from zsmalloc, in bytes. */
static int on_zram(void *userdata, uint32_t number)
{
        char path[64], text[256], *save = NULL, *word;
        struct zram *zram = userdata;
        uint64_t bytes = 0;

        (void) snprintf(path, sizeof(path), "sys/block/zram%" PRIu32 "/mm_stat", number);
        if (attr_read(zram->tree->root_fd, path, text, sizeof(text)) < 0)
                return 0;
        word = strtok_r(text, " \t", &save);
        for (int i = 1; word && i < 3; i++)
                word = strtok_r(NULL, " \t", &save);
        if (word && parse_u64(word, 10, &bytes) >= 0 &&
            !__builtin_add_overflow(zram->bytes, bytes, &zram->bytes))
                zram->any = true;
        return 0;
}

static int add_zram(struct tree *tree, struct memory_totals *totals)
{
        struct memory_total total = {
                .owner = "zsmalloc",
                .class = MEMCTL_CLASS_MOVABLE_OPS,
                .pageblocks = TOTAL_NOT_COUNTED,
                .node = -1,
                .source = "mm_stat",
        };
        struct zram zram = { .tree = tree };

        (void) list_numbered(tree->root_fd, "sys/block", "zram", on_zram, &zram);
        if (tree->page_size > 0)
                total.pages = zram.bytes / tree->page_size;
        return zram.any && tree->page_size > 0 ? memory_totals_add(totals, &total) : 0;
}

/*
 * On kernels where memctl.ko's providers are bound to the balloon they are counted with it, so that then the
 * figure is not the driver's alone.
 */
static int add_balloon(struct tree *tree, struct memory_totals *totals)
{
        _cleanup_free_ char *text = text_read(tree->root_fd, "proc/vmstat");
        struct memory_total total = {
                .class = MEMCTL_CLASS_MOVABLE_OPS,
                .pageblocks = TOTAL_NOT_COUNTED,
                .node = -1,
                .source = "vmstat",
        };
        uint64_t inflated, deflated;
        bool shared = false;

        if (!text)
                return 0;
        if (text_number(text, "nr_balloon_pages", &total.pages))
                shared = faccessat(tree->root_fd, "sys/module/memctl", F_OK, 0) >= 0;
        else if (text_number(text, "balloon_inflate", &inflated) &&
                 text_number(text, "balloon_deflate", &deflated) && inflated >= deflated)
                total.pages = inflated - deflated;
        else
                return 0;
        if (!shared && faccessat(tree->root_fd, "sys/bus/virtio/drivers/virtio_balloon", F_OK, 0) >= 0)
                (void) strcpy(total.owner, "virtio_balloon");
        else
                (void) strcpy(total.owner, "balloon");
        return memory_totals_add(totals, &total);
}

int memory_totals_read(struct tree *tree, struct memory_totals *ret)
{
        static int (*const readers[])(struct tree * tree, struct memory_totals * totals) = {
                add_zram,
                add_balloon,
                memory_totals_add_zoneinfo,
                memory_totals_add_pagetypeinfo,
        };

        *ret = (struct memory_totals){ 0 };
        for (size_t i = 0; i < ELEMENTSOF(readers); i++) {
                int r = readers[i](tree, ret);

                if (r < 0) {
                        memory_totals_clear(ret);
                        return r;
                }
        }
        return 0;
}
