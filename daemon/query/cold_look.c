/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/cold_look.h"

#include "daemon/core/helper.h"
#include "daemon/machine/block.h"
#include "daemon/module/lru_hot.h"
#include "daemon/pages/page_idle.h"
#include "daemon/query/damon.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* How long pages that were marked idle are left alone. */
#define IDLE_USEC DAMON_LOOK_USEC

struct look {
        const struct cold_request *request;
        enum cold_source lists;
        enum cold_source watcher;     /* that has watched */
        struct cold_ranges untouched; /* of DAMON's */
        struct cold cold;
};

/* The last note is kept: it is about what was tried last. */
static void note(struct look *look, const char *text)
{
        free(look->cold.note);
        look->cold.note = strdup(text);
}

/* Without lists nothing is cold, and no watcher makes it so: one who saw nothing may have looked elsewhere.
 */
static void choose_lists(struct look *look)
{
        look->lists = lru_gen_is_on(look->request->tree) ? COLD_LRU_GEN : COLD_INACTIVE_LIST;
        look->cold.source = look->lists;
}

static void choose_watcher(struct look *look)
{
        enum damon_state damon = damon_state(look->request->tree);

        if (damon == DAMON_FREE)
                look->cold.watcher = COLD_DAMON;
        else if (page_idle_exists(look->request->tree))
                look->cold.watcher = COLD_PAGE_IDLE;
        if (damon == DAMON_BUSY)
                note(look, "DAMON is in use by others, and so was not asked what is cold");
}

static void lists_are_silent(struct look *look, const char *why)
{
        look->lists = COLD_NONE;
        for (size_t i = 0; i < look->cold.n_blocks; i++) {
                look->cold.blocks[i].hot += look->cold.blocks[i].cold;
                look->cold.blocks[i].cold = 0;
        }
        look->cold.source = COLD_NONE;
        look->cold.watcher = COLD_NONE;
        note(look, why);
}

/* One block. 0 or -errno. */
static int count(struct look *look, uint64_t start, uint64_t end)
{
        _cleanup_(page_bits_clear) struct page_bits hot = { 0 }, idle = { 0 };
        struct cold_evidence evidence = { .lists = look->lists };
        struct tree *tree = look->request->tree;
        _cleanup_free_ char *message = NULL;
        int r;

        if (look->lists == COLD_LRU_GEN) {
                r = lru_hot_read(tree, start, end, &hot, &message);
                if (r == -ENOMEM)
                        return r;
                if (r <= 0)
                        lists_are_silent(
                                look, r < 0 && message
                                              ? message
                                              : "what of page cache is cold only memctl.ko can tell here: "
                                                "it is not loaded, or too old");
                evidence.lists = look->lists;
                evidence.hot = &hot;
        }
        if (look->watcher == COLD_DAMON)
                evidence.untouched = &look->untouched;
        if (look->watcher == COLD_PAGE_IDLE) {
                r = page_idle_read(tree, start, end, &idle);
                if (r < 0)
                        return r;
                evidence.idle = &idle;
        }
        return cold_count(tree, start, end, &evidence, &look->cold);
}

static int count_all(struct look *look)
{
        const struct block_set *blocks = &look->request->blocks;
        uint64_t page_size = look->request->tree->page_size,
                 pages = page_size ? look->request->block_size / page_size : 0;
        int r = 0;

        if (blocks->n_numbers > 0 && pages == 0)
                return -ENODATA;
        for (size_t i = 0; r >= 0 && i < blocks->n_numbers; i++) {
                uint64_t start = blocks->numbers[i] * pages;

                helper_gets_on(i + 1);
                if (block_read_state(look->request->tree, blocks->numbers[i]) == BLOCK_ONLINE)
                        r = count(look, start, start + pages);
        }
        return r;
}

/* Marks what is cold as idle, a page block at a time, and leaves it alone. */
static int watch_idle(struct look *look)
{
        const struct timespec pause = { .tv_sec = IDLE_USEC / 1000000,
                                        .tv_nsec = IDLE_USEC % 1000000 * 1000 };
        const struct cold *watch = look->request->watch;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < watch->n_blocks; i++) {
                helper_gets_on(i + 1);
                if (watch->blocks[i].cold > 0)
                        r = page_idle_mark(look->request->tree, watch->blocks[i].pfn,
                                           watch->blocks[i].pfn + COLD_PAGES_EACH);
        }
        if (r >= 0)
                (void) nanosleep(&pause, NULL);
        return r;
}

/* 0, also when nobody could watch: then the lists alone decide. */
static int watch(struct look *look)
{
        int r;

        if (look->request->watch->note)
                note(look, look->request->watch->note);
        look->watcher = look->request->watch->watcher;
        if (look->watcher == COLD_DAMON) {
                r = damon_watch(look->request->tree, look->request->watch, &look->untouched);
                if (r == -EBUSY && page_idle_exists(look->request->tree)) {
                        look->watcher = COLD_PAGE_IDLE;
                        r = watch_idle(look);
                }
        } else
                r = watch_idle(look);
        if (r == -ENOMEM)
                return r;
        if (r >= 0) {
                look->cold.source = look->watcher;
                return 0;
        }
        note(look, r == -EBUSY ? "DAMON is in use by others, and so was not asked what is cold"
                               : "nobody could be asked whether memory is in use just now");
        look->watcher = COLD_NONE;
        return 0;
}

int cold_look(const struct cold_request *request, struct cold *ret)
{
        struct look look = { .request = request };
        int r = 0;

        if (request->mode == CACHE_AUTO)
                choose_lists(&look);
        if (request->watch)
                r = watch(&look);
        else if (request->mode == CACHE_AUTO)
                choose_watcher(&look);
        if (r >= 0)
                r = count_all(&look);
        free(look.untouched.ranges);
        if (r < 0) {
                cold_clear(&look.cold);
                return r;
        }
        *ret = look.cold;
        return 0;
}
