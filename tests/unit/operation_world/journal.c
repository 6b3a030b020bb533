/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The journal.
 */
#include "operation_world/parts.h"

#include <errno.h>
#include <string.h>

struct journal {
        int unused;
};

static struct journal *a_journal(void)
{
        struct journal *journal = calloc(1, sizeof(*journal));

        assert_non_null(journal);
        world.journals++;
        return journal;
}

int journal_begin(int root_fd, const struct journal_entry *entry, struct journal **ret, char **message)
{
        (void) root_fd, (void) entry, (void) message;

        if (world.journal_error < 0)
                return world.journal_error;
        if (world_chance(10))
                return -EAGAIN;
        *ret = a_journal();
        return 0;
}

int journal_renew(struct journal **journal, const struct journal_entry *entry, char **message)
{
        (void) entry, (void) message;

        assert_non_null(*journal);
        return world.journal_error;
}

int journal_mark(struct journal *journal, enum journal_mark mark, uint32_t block)
{
        int r = world.mark_error;

        (void) mark, (void) block;

        assert_non_null(journal);
        if (world_chance(4))
                world.mark_error = 0;
        else
                r = 0;
        return r;
}

int journal_mark_pool(struct journal *journal, int node, uint64_t from, uint64_t to)
{
        (void) node;

        assert_int_not_equal(from, to);
        return journal_mark(journal, JOURNAL_POOL, 0);
}

int journal_mark_pooled(struct journal *journal, int node, uint64_t number)
{
        (void) node, (void) number;

        return journal_mark(journal, JOURNAL_POOLED, 0);
}

struct journal *journal_end(struct journal *journal)
{
        if (!journal)
                return NULL;
        world.journals--;
        world.journals_ended++;
        free(journal);
        return NULL;
}

struct journal *journal_close(struct journal *journal)
{
        if (!journal)
                return NULL;
        world.journals--;
        world.journals_left++;
        free(journal);
        return NULL;
}

struct journal_found world_found_pools(void)
{
        struct journal_found found = {
                .journal = a_journal(),
                .verb = JOB_HUGEPAGES,
                .target = strdup("some"),
                .options = OFFLINE_OPTIONS_NONE,
                .huge_page_size = WORLD_HUGE_SIZE,
                .pools = calloc(WORLD_POOLS, sizeof(*found.pools)),
                .n_pools = world_random(WORLD_POOLS + 1),
        };

        assert_non_null(found.pools);
        for (size_t i = 0; i < found.n_pools; i++) {
                struct journal_pool *pool = &found.pools[i];
                bool grows = world_chance(2);

                pool->node = (int) i;
                pool->before = world.pools[i].persistent;
                pool->added = world_random(100);
                pool->writing = world_chance(2);
                pool->from = pool->before + pool->added;
                pool->to = grows ? pool->from + 1 + world_random(64)
                                 : pool->from - world_random((uint32_t) pool->added + 1);
                world.pools[i].persistent = pool->from;
                if (pool->writing && grows)
                        world.pools[i].persistent += world_random((uint32_t) (pool->to - pool->from) + 1);
                else if (pool->writing)
                        world.pools[i].persistent -= world_random((uint32_t) (pool->from - pool->to) + 1);
        }
        return found;
}

bool journal_workers_gone(struct journal *journal)
{
        assert_non_null(journal);
        if (world.dead_workers == 0)
                return true;
        world.dead_workers--;
        return false;
}

struct journal_found world_found(enum job_verb verb, size_t n_begun)
{
        struct journal_found found = {
                .journal = a_journal(),
                .verb = verb,
                .target = strdup("some"),
                .dimm = strdup("PNP0C80:00"),
                .options = OFFLINE_OPTIONS_NONE,
        };

        found.blocks.numbers = calloc(WORLD_BLOCKS, sizeof(*found.blocks.numbers));
        found.steps = calloc(WORLD_BLOCKS, sizeof(*found.steps));
        assert_non_null(found.blocks.numbers);
        assert_non_null(found.steps);
        found.blocks.n_numbers = found.n_steps = WORLD_BLOCKS;
        for (size_t i = 0; i < WORLD_BLOCKS; i++) {
                found.blocks.numbers[i] = WORLD_FIRST + (uint32_t) i;
                found.steps[i] = (struct journal_step){
                        .block = WORLD_FIRST + (uint32_t) i,
                        .zone = job_verb_is_offline(verb) ? ZONE_MOVABLE : ZONE_NONE,
                        .identity = i + 1,
                        .begun = i < n_begun ? i + 1 : 0,
                };
        }
        return found;
}
