/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/cold.h"

#include "daemon/machine/block.h"
#include "daemon/module/lru_hot.h"
#include "daemon/pages/page_idle.h"
#include "daemon/query/damon.h"

#include <errno.h>
#include <string.h>

/* How long pages that were marked idle are left alone. */
#define IDLE_USEC DAMON_LOOK_USEC

/* Less cold cache than that is not watched. */
#define WORTH_BYTES (UINT64_C(32) << 20)

struct cold_task {
        struct machine *machine;
        struct block_set blocks;
        size_t next; /* of blocks */
        enum cold_source lists;
        enum cold_source watcher;     /* that has watched, or does */
        struct cold_ranges untouched; /* of DAMON's */
        struct damon_watch *damon;
        struct cold marked; /* with page idle tracking: what is to be marked; blocks only */
        size_t next_marked;
        struct cold cold;
        cold_done_t done;
        void *userdata;
        sd_event_source *source;
};

bool cold_is_worth_watching(const struct cold *cold)
{
        return cold->watcher != COLD_NONE &&
               cold_pages(cold) >= WORTH_BYTES / (uint64_t) sysconf(_SC_PAGESIZE);
}

static void finish(struct cold_task *task, int error)
{
        struct cold cold;

        task->source = sd_event_source_disable_unref(task->source);
        if (error < 0)
                cold_clear(&task->cold);
        cold = task->cold;
        task->cold = (struct cold){ 0 };
        task->done(task->userdata, error, &cold);
}

/* The last note is kept: it is about what was tried last. */
static void note(struct cold_task *task, const char *text)
{
        free(task->cold.note);
        task->cold.note = strdup(text);
}

/* Without lists nothing is cold, and no watcher makes it so: one who saw nothing may have looked elsewhere.
 */
static void choose_lists(struct cold_task *task)
{
        struct tree *tree = task->machine->tree;

        task->lists = lru_gen_is_on(tree) ? COLD_LRU_GEN : COLD_INACTIVE_LIST;
        task->cold.source = task->lists;
}

static void choose_watcher(struct cold_task *task)
{
        struct tree *tree = task->machine->tree;
        enum damon_state damon = damon_state(tree);

        if (damon == DAMON_FREE)
                task->cold.watcher = COLD_DAMON;
        else if (page_idle_exists(tree))
                task->cold.watcher = COLD_PAGE_IDLE;
        if (damon == DAMON_BUSY)
                note(task, "DAMON is in use by others, and so was not asked what is cold");
}

static void lists_are_silent(struct cold_task *task, const char *why)
{
        task->lists = COLD_NONE;
        for (size_t i = 0; i < task->cold.n_blocks; i++) {
                task->cold.blocks[i].hot += task->cold.blocks[i].cold;
                task->cold.blocks[i].cold = 0;
        }
        task->cold.source = COLD_NONE;
        task->cold.watcher = COLD_NONE;
        note(task, why);
}

/* One block. 0 or -errno. */
static int count(struct cold_task *task, uint64_t start, uint64_t end)
{
        _cleanup_(page_bits_clear) struct page_bits hot = { 0 }, idle = { 0 };
        struct cold_evidence evidence = { .lists = task->lists };
        struct tree *tree = task->machine->tree;
        _cleanup_free_ char *message = NULL;
        int r;

        if (task->lists == COLD_LRU_GEN) {
                r = lru_hot_read(tree, start, end, &hot, &message);
                if (r == -ENOMEM)
                        return r;
                if (r <= 0)
                        lists_are_silent(
                                task, r < 0 && message
                                              ? message
                                              : "what of page cache is cold only memctl.ko can tell here: "
                                                "it is not loaded, or too old");
                evidence.lists = task->lists;
                evidence.hot = &hot;
        }
        if (task->watcher == COLD_DAMON)
                evidence.untouched = &task->untouched;
        if (task->watcher == COLD_PAGE_IDLE) {
                r = page_idle_read(tree, start, end, &idle);
                if (r < 0)
                        return r;
                evidence.idle = &idle;
        }
        return cold_count(tree, start, end, &evidence, &task->cold);
}

static int on_idle(sd_event_source *source, void *userdata)
{
        struct cold_task *task = userdata;
        struct tree *tree = task->machine->tree;
        uint64_t pages = pages_of_block(task->machine), start;
        int r = 0;

        (void) source;

        if (task->next == task->blocks.n_numbers) {
                finish(task, 0);
                return 0;
        }
        if (pages == 0) {
                finish(task, -ENODATA);
                return 0;
        }
        start = task->blocks.numbers[task->next] * pages;
        if (block_read_state(tree, task->blocks.numbers[task->next++]) == BLOCK_ONLINE)
                r = count(task, start, start + pages);
        if (r < 0)
                finish(task, r);
        return 0;
}

static int start_counting(struct cold_task *task)
{
        task->source = sd_event_source_disable_unref(task->source);
        return machine_when_idle(task->machine, on_idle, task, &task->source);
}

static int give_up_watching(struct cold_task *task, int error)
{
        if (error == -ENOMEM)
                return error;
        note(task, error == -EBUSY ? "DAMON is in use by others, and so was not asked what is cold"
                                   : "nobody could be asked whether memory is in use just now");
        task->watcher = COLD_NONE;
        return start_counting(task);
}

static int watched(struct cold_task *task)
{
        task->cold.source = task->watcher;
        return start_counting(task);
}

static void on_damon(void *userdata, int error, struct cold_ranges *untouched)
{
        struct cold_task *task = userdata;
        int r;

        task->damon = damon_watch_free(task->damon);
        if (error < 0) {
                r = give_up_watching(task, error);
        } else {
                task->untouched = *untouched;
                *untouched = (struct cold_ranges){ 0 };
                r = watched(task);
        }
        if (r < 0)
                finish(task, r);
}

static int on_idle_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct cold_task *task = userdata;
        int r;

        (void) source, (void) usec;

        r = watched(task);
        if (r < 0)
                finish(task, r);
        return 0;
}

/* A page block at a time. */
static int on_mark(sd_event_source *source, void *userdata)
{
        struct cold_task *task = userdata;
        const struct cold_block *block;
        int r = 0;

        (void) source;

        if (task->next_marked < task->marked.n_blocks) {
                block = &task->marked.blocks[task->next_marked++];
                if (block->cold > 0)
                        r = page_idle_mark(task->machine->tree, block->pfn, block->pfn + COLD_PAGES_EACH);
                if (r < 0)
                        r = give_up_watching(task, r);
        } else {
                task->source = sd_event_source_disable_unref(task->source);
                r = machine_after(task->machine, IDLE_USEC, on_idle_time, task, &task->source);
        }
        if (r < 0)
                finish(task, r);
        return 0;
}

static int start_watching(struct cold_task *task, const struct cold *watch)
{
        int r;

        task->watcher = watch->watcher;
        if (watch->note)
                note(task, watch->note);
        if (task->watcher == COLD_DAMON) {
                r = damon_watch_new(task->machine, watch, on_damon, task, &task->damon);
                if (r != -EBUSY || !page_idle_exists(task->machine->tree))
                        return r < 0 ? give_up_watching(task, r) : r;
                task->watcher = COLD_PAGE_IDLE;
        }
        task->marked.blocks = calloc(watch->n_blocks ? watch->n_blocks : 1, sizeof(*task->marked.blocks));
        if (!task->marked.blocks)
                return -ENOMEM;
        if (watch->n_blocks > 0)
                memcpy(task->marked.blocks, watch->blocks, watch->n_blocks * sizeof(*watch->blocks));
        task->marked.n_blocks = watch->n_blocks;
        return machine_when_idle(task->machine, on_mark, task, &task->source);
}

int cold_task_new(struct machine *machine, const struct block_set *blocks, enum cache_mode mode,
                  const struct cold *watch, cold_done_t done, void *userdata, struct cold_task **ret)
{
        _cleanup_(cold_task_freep) struct cold_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->done = done;
        task->userdata = userdata;
        r = block_set_copy(blocks, &task->blocks);
        if (r < 0)
                return r;
        if (mode == CACHE_AUTO)
                choose_lists(task);
        if (watch)
                r = start_watching(task, watch);
        else {
                if (mode == CACHE_AUTO)
                        choose_watcher(task);
                r = start_counting(task);
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct cold_task *cold_task_free(struct cold_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->source);
        damon_watch_free(task->damon);
        free(task->untouched.ranges);
        block_set_clear(&task->blocks);
        cold_clear(&task->marked);
        cold_clear(&task->cold);
        free(task);
        return NULL;
}
