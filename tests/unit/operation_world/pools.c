/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pools of huge pages of two nodes, which grow by as many pieces as there are.
 */
#include "operation_world/parts.h"

#include "daemon/machine/huge_pool.h"

#include <errno.h>
#include <string.h>

struct world_pool *world_pool(unsigned int node)
{
        assert_true(node < WORLD_POOLS);
        return &world.pools[node];
}

/* Somebody else writes to it. */
static void others(struct world_pool *pool)
{
        if (!world.pools_change || !world_chance(6))
                return;
        if (world_chance(2))
                pool->persistent += world_random(5);
        else
                pool->persistent -=
                        world_random((uint32_t) (pool->persistent < 5 ? pool->persistent : 5) + 1);
}

void world_pool_write(struct world_pool *pool, uint64_t number, bool whole)
{
        uint64_t more = number > pool->persistent ? number - pool->persistent : 0;
        uint64_t less = pool->persistent > number ? pool->persistent - number : 0;

        if (more > pool->pieces)
                more = pool->pieces;
        if (!whole) {
                more = world_random((uint32_t) more + 1);
                less = world_random((uint32_t) less + 1);
        }
        pool->persistent += more;
        pool->pieces -= more;
        if (less > 0 && world_chance(5))
                pool->surplus++;
        pool->persistent -= less;
        pool->pieces += less;
        others(pool);
}

int huge_pool_count(const struct tree *tree, uint64_t size, int node, struct huge_pool_counts *ret)
{
        (void) tree;

        assert_int_equal(size, WORLD_HUGE_SIZE);
        if (world.pools_fail && world_chance(30))
                return -EIO;
        *ret = (struct huge_pool_counts){ 0 };
        for (int i = 0; i < WORLD_POOLS; i++)
                if (node < 0 || node == i) {
                        ret->persistent += world.pools[i].persistent;
                        ret->surplus += world.pools[i].surplus;
                }
        return 0;
}

int huge_pool_read(const struct tree *tree, uint64_t size, int node, struct huge_pool *ret, char **message)
{
        (void) tree, (void) message;

        assert_int_equal(size, WORLD_HUGE_SIZE);
        if (world.pools_fail && world_chance(20))
                return -ENOENT;
        *ret = (struct huge_pool){ .order = 9, .gigantic = world.gigantic };
        ret->nodes = calloc(WORLD_POOLS, sizeof(*ret->nodes));
        assert_non_null(ret->nodes);
        for (int i = 0; i < WORLD_POOLS; i++) {
                struct huge_pool_node *row = &ret->nodes[ret->n_nodes];

                if (node >= 0 && node != i)
                        continue;
                if (world_chance(3))
                        world.pools[i].pieces += world_random(20);
                row->node = i;
                row->counts = (struct huge_pool_counts){ .persistent = world.pools[i].persistent,
                                                         .surplus = world.pools[i].surplus };
                row->pieces = world.gigantic ? 0 : world.pools[i].pieces;
                ret->free_pages += world.pools[i].pieces * 512;
                ret->n_nodes++;
        }
        return 0;
}

void huge_pool_clear(struct huge_pool *pool)
{
        free(pool->nodes);
        pool->nodes = NULL;
}

uint64_t huge_pool_room(const struct tree *tree, int node)
{
        (void) tree, (void) node;

        return world.huge_room * WORLD_HUGE_SIZE;
}
