/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads lines about pools of huge pages: {"pool":[node,from,to]}, then {"pooled":[node,number]}.
 */
#include "daemon/journal/journal_file.h"

#include "basic/saturated.h"
#include "daemon/plan/hugepages.h"

#include <errno.h>

/* A node as it is written: null where the kernel knows none. */
static bool read_node(json_object *value, int *ret)
{
        uint64_t node;

        if (!value)
                *ret = -1;
        else if (!journal_get_number(value, INT_MAX, &node))
                return false;
        else
                *ret = (int) node;
        return true;
}

static struct journal_pool *find(struct journal_found *found, int node)
{
        for (size_t i = 0; i < found->n_pools; i++)
                if (found->pools[i].node == node)
                        return &found->pools[i];
        return NULL;
}

/* NULL: no memory. */
static struct journal_pool *add(struct journal_found *found, int node, uint64_t before)
{
        struct journal_pool *pools = reallocarray(found->pools, found->n_pools + 1, sizeof(*pools));

        if (!pools)
                return NULL;
        found->pools = pools;
        pools[found->n_pools] = (struct journal_pool){ .node = node, .before = before };
        return &pools[found->n_pools++];
}

/* The write that is under way has come to that number. */
static void end_write(struct journal_pool *pool, uint64_t number)
{
        uint64_t changed = hugepages_changed(pool->from, pool->to, number);

        pool->added = pool->to > pool->from ? add_saturated(pool->added, changed)
                                            : subtract_to_zero(pool->added, changed);
        pool->writing = false;
}

/* The line between two that say "pool" may be missing: a disk may have been full. */
static int begin(struct journal_found *found, int node, uint64_t from, uint64_t to)
{
        struct journal_pool *pool = find(found, node);

        if (!pool)
                pool = add(found, node, from);
        if (!pool)
                return -ENOMEM;
        if (pool->writing)
                end_write(pool, from);
        pool->writing = true;
        pool->from = from;
        pool->to = to;
        return 0;
}

static bool end(struct journal_found *found, int node, uint64_t number)
{
        struct journal_pool *pool = find(found, node);

        if (!pool || !pool->writing)
                return false;
        end_write(pool, number);
        return true;
}

int journal_read_pool(json_object *value, enum journal_mark mark, struct journal_found *found,
                      bool *ret_good)
{
        size_t n = mark == JOURNAL_POOL ? 2 : 1;
        uint64_t numbers[2];
        int node;

        *ret_good = false;
        if (found->huge_page_size == 0 || !json_object_is_type(value, json_type_array) ||
            json_object_array_length(value) != n + 1 ||
            !read_node(json_object_array_get_idx(value, 0), &node))
                return 0;
        for (size_t i = 0; i < n; i++)
                if (!journal_get_number(json_object_array_get_idx(value, i + 1), INT64_MAX, &numbers[i]))
                        return 0;
        *ret_good = mark == JOURNAL_POOL || end(found, node, numbers[0]);
        return mark == JOURNAL_POOL ? begin(found, node, numbers[0], numbers[1]) : 0;
}
