/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/snapshot.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

const char *block_state_name(enum block_state state)
{
        static const char *const names[_BLOCK_STATE_MAX] = {
                [BLOCK_UNKNOWN] = "unknown",
                [BLOCK_ONLINE] = "online",
                [BLOCK_OFFLINE] = "offline",
                [BLOCK_GOING_OFFLINE] = "going-offline",
        };

        return names[state];
}

void snapshot_problem(struct snapshot *snapshot, const char *format, ...)
{
        char **problems, *text;
        va_list ap;
        int r;

        if (snapshot->n_problems >= SNAPSHOT_PROBLEMS_MAX)
                return;

        va_start(ap, format);
        r = vasprintf(&text, format, ap);
        va_end(ap);
        if (r < 0)
                return;

        problems = reallocarray(snapshot->problems, snapshot->n_problems + 1, sizeof(*problems));
        if (!problems) {
                free(text);
                return;
        }
        snapshot->problems = problems;
        snapshot->problems[snapshot->n_problems++] = text;
}

void snapshot_clear_dimms(struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_dimms; i++) {
                free(snapshot->dimms[i].name);
                free(snapshot->dimms[i].label);
                free(snapshot->dimms[i].blocks);
        }
        free(snapshot->dimms);
        snapshot->dimms = NULL;
        snapshot->n_dimms = 0;
}

void snapshot_clear_iomem(struct snapshot *snapshot)
{
        for (size_t i = 0; i < snapshot->n_drivers; i++) {
                free(snapshot->drivers[i].device);
                free(snapshot->drivers[i].driver);
        }
        free(snapshot->drivers);
        snapshot->drivers = NULL;
        snapshot->n_drivers = 0;
        for (size_t i = 0; i < snapshot->n_marks; i++)
                free(snapshot->marks[i].name);
        free(snapshot->marks);
        snapshot->marks = NULL;
        snapshot->n_marks = 0;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                snapshot->blocks[i].driver = DRIVER_NONE;
}

struct snapshot *snapshot_free(struct snapshot *snapshot)
{
        if (!snapshot)
                return NULL;

        snapshot_clear_dimms(snapshot);
        for (size_t i = 0; i < snapshot->n_problems; i++)
                free(snapshot->problems[i]);
        free(snapshot->problems);
        snapshot_clear_iomem(snapshot);
        free(snapshot->more_nodes);
        free(snapshot->blocks);
        free(snapshot->spans);
        free(snapshot->nodes);
        free(snapshot);
        return NULL;
}

static int compare_block(const void *key, const void *element)
{
        uint32_t number = *(const uint32_t *) key;
        const struct memory_block *block = element;

        return number < block->number ? -1 : number > block->number;
}

struct memory_block *snapshot_find_block(const struct snapshot *snapshot, uint32_t number)
{
        if (snapshot->n_blocks == 0)
                return NULL;
        return bsearch(&number, snapshot->blocks, snapshot->n_blocks, sizeof(*snapshot->blocks),
                       compare_block);
}

const struct memory_driver *snapshot_driver(const struct snapshot *snapshot,
                                            const struct memory_block *block)
{
        return block->driver == DRIVER_NONE ? NULL : &snapshot->drivers[block->driver - 1];
}

/* The first of n elements of a size, each of which begins with a block's number, that are of the block. */
static size_t find_first(const void *elements, size_t n, size_t size, uint32_t block)
{
        size_t low = 0, high = n;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (*(const uint32_t *) ((const char *) elements + middle * size) < block)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const struct block_mark *snapshot_marks(const struct snapshot *snapshot, uint32_t block, size_t *ret_n)
{
        size_t first = find_first(snapshot->marks, snapshot->n_marks, sizeof(*snapshot->marks), block),
               n = 0;

        while (first + n < snapshot->n_marks && snapshot->marks[first + n].block == block)
                n++;
        *ret_n = n;
        return n > 0 ? &snapshot->marks[first] : NULL;
}

const struct block_node *snapshot_more_nodes(const struct snapshot *snapshot, uint32_t block, size_t *ret_n)
{
        size_t first = find_first(snapshot->more_nodes, snapshot->n_more_nodes,
                                  sizeof(*snapshot->more_nodes), block);
        size_t n = 0;

        while (first + n < snapshot->n_more_nodes && snapshot->more_nodes[first + n].block == block)
                n++;
        *ret_n = n;
        return n > 0 ? &snapshot->more_nodes[first] : NULL;
}

bool snapshot_block_is_on(const struct snapshot *snapshot, const struct memory_block *block, int node)
{
        const struct block_node *more;
        size_t n;

        if (block->node == node)
                return true;
        more = snapshot_more_nodes(snapshot, block->number, &n);
        for (size_t i = 0; i < n; i++)
                if (more[i].node == node)
                        return true;
        return false;
}

struct memory_node *snapshot_find_node(const struct snapshot *snapshot, int id)
{
        for (size_t i = 0; i < snapshot->n_nodes; i++)
                if (snapshot->nodes[i].id == id)
                        return &snapshot->nodes[i];
        return NULL;
}

struct dimm *snapshot_find_dimm(const struct snapshot *snapshot, const char *name)
{
        for (size_t i = 0; i < snapshot->n_dimms; i++)
                if (strcmp(snapshot->dimms[i].name, name) == 0)
                        return &snapshot->dimms[i];
        return NULL;
}
