/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/huge_pool.h"

#include "basic/attr.h"
#include "basic/message.h"
#include "basic/number.h"
#include "basic/saturated.h"
#include "daemon/machine/buddy.h"
#include "daemon/machine/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

/* What is spared at least. */
#define SPARE_LEAST_BYTES (UINT64_C(32) << 20)

static int compare(const void *a, const void *b)
{
        const uint64_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

size_t huge_pool_sizes(const struct tree *tree, uint64_t ret[static HUGE_SIZES_MAX])
{
        _cleanup_closedir_ DIR *dir = NULL;
        const struct dirent *entry;
        size_t n = 0;
        int fd;

        fd = openat(tree->root_fd, "sys/kernel/mm/hugepages", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        dir = fd < 0 ? NULL : fdopendir(fd);
        if (!dir) {
                closep(&fd);
                return 0;
        }
        while (n < HUGE_SIZES_MAX && (entry = readdir(dir))) {
                uint64_t kib;
                int end = 0;

                if (sscanf(entry->d_name, "hugepages-%15" SCNu64 "kB%n", &kib, &end) == 1 && end > 0 &&
                    entry->d_name[end] == '\0' && kib > 0)
                        ret[n++] = kib * 1024;
        }
        qsort(ret, n, sizeof(*ret), compare);
        return n;
}

uint64_t huge_pool_default_size(const struct tree *tree)
{
        _cleanup_free_ char *meminfo = text_read(tree->root_fd, "proc/meminfo");
        uint64_t bytes;

        return meminfo && text_kib(meminfo, "Hugepagesize:", &bytes) ? bytes : 0;
}

/* Without a slash at its beginning. */
static void folder(uint64_t size, int node, char ret[static HUGE_POOL_PATH_MAX])
{
        if (node < 0)
                (void) snprintf(ret, HUGE_POOL_PATH_MAX, "sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB",
                                size / 1024);
        else
                (void) snprintf(ret, HUGE_POOL_PATH_MAX,
                                "sys/devices/system/node/node%d/hugepages/hugepages-%" PRIu64 "kB", node,
                                size / 1024);
}

void huge_pool_path(uint64_t size, int node, char ret[static HUGE_POOL_PATH_MAX])
{
        char path[HUGE_POOL_PATH_MAX];

        folder(size, node, path);
        (void) snprintf(ret, HUGE_POOL_PATH_MAX, "/%.100s/nr_hugepages", path);
}

static int read_number(int fd, const char *name, uint64_t *ret)
{
        char text[32];
        ssize_t n = attr_read(fd, name, text, sizeof(text));

        return n < 0 ? (int) n : parse_u64(text, 10, ret);
}

int huge_pool_count(const struct tree *tree, uint64_t size, int node, struct huge_pool_counts *ret)
{
        _cleanup_close_ int fd = -1;
        char path[HUGE_POOL_PATH_MAX];
        uint64_t all;
        int r;

        folder(size, node, path);
        fd = openat(tree->root_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = read_number(fd, "nr_hugepages", &all);
        if (r >= 0)
                r = read_number(fd, "surplus_hugepages", &ret->surplus);
        if (r >= 0)
                r = read_number(fd, "free_hugepages", &ret->free);
        if (r >= 0)
                ret->persistent = subtract_to_zero(all, ret->surplus);
        return r;
}

void huge_pool_clear(struct huge_pool *pool)
{
        free(pool->nodes);
        *pool = (struct huge_pool){ 0 };
}

static uint64_t pieces_of(const struct huge_pool *pool, const uint64_t free[static BUDDY_ORDERS_MAX],
                          unsigned int n_orders)
{
        uint64_t pieces = 0;

        for (unsigned int order = pool->order; order < n_orders; order++)
                pieces = add_saturated(
                        pieces, multiply_saturated(free[order], UINT64_C(1) << (order - pool->order)));
        return pieces;
}

static int add(const struct tree *tree, uint64_t size, int node, const struct buddy *buddy,
               struct huge_pool *pool)
{
        struct huge_pool_node *row = &pool->nodes[pool->n_nodes];
        uint64_t free[BUDDY_ORDERS_MAX];
        int r;

        if (!buddy_add_up(buddy, node, free))
                return -ENOENT;
        r = huge_pool_count(tree, size, node, &row->counts);
        if (r < 0)
                return r;
        row->node = node;
        row->pieces = pieces_of(pool, free, buddy->n_orders);
        for (unsigned int order = 0; order < buddy->n_orders; order++)
                pool->free_pages = add_saturated(pool->free_pages,
                                                 multiply_saturated(free[order], UINT64_C(1) << order));
        pool->n_nodes++;
        return 0;
}

/* A node that has memory and no pool is passed over. */
static int add_all(const struct tree *tree, uint64_t size, int node, const struct buddy *buddy,
                   struct huge_pool *pool)
{
        int last = -1, r = 0;

        if (!tree->has_nodes)
                return add(tree, size, -1, buddy, pool);
        for (size_t i = 0; i < buddy->n_zones; i++) {
                int this = buddy->zones[i].node;

                if (this == last || (node >= 0 && this != node))
                        continue;
                last = this;
                r = add(tree, size, this, buddy, pool);
                if (r < 0 && r != -ENOENT)
                        return r;
        }
        return pool->n_nodes > 0 ? 0 : -ENOENT;
}

int huge_pool_read(const struct tree *tree, uint64_t size, int node, struct huge_pool *ret, char **message)
{
        _cleanup_(huge_pool_clear) struct huge_pool pool = { 0 };
        _cleanup_(buddy_clear) struct buddy buddy = { 0 };
        int r = buddy_read(tree, &buddy, message);

        if (r < 0)
                return r;
        while (pool.order < 63 && tree->page_size << pool.order < size)
                pool.order++;
        pool.gigantic = pool.order >= buddy.n_orders;
        pool.nodes = calloc(buddy.n_zones, sizeof(*pool.nodes));
        if (!pool.nodes)
                return -ENOMEM;
        r = add_all(tree, size, node, &buddy, &pool);
        if (r < 0)
                return fail(message, r, "the pool of huge pages of %" PRIu64 " KiB cannot be read: %s",
                            size / 1024, strerror(-r));
        *ret = pool;
        pool.nodes = NULL;
        return 0;
}

/*
 * MemAvailable is an estimate, and huge pages never come back by themselves: with all of it gone, the next
 * program that starts is one for the out-of-memory killer.
 */
static uint64_t without_spare(uint64_t available)
{
        uint64_t spare = available / 128;

        return subtract_to_zero(available, spare > SPARE_LEAST_BYTES ? spare : SPARE_LEAST_BYTES);
}

uint64_t huge_pool_room(const struct tree *tree, int node)
{
        static const char *const keys[] = { "MemFree:", "Active(file):", "Inactive(file):",
                                            "SReclaimable:" };
        _cleanup_free_ char *all = text_read(tree->root_fd, "proc/meminfo"), *of_node = NULL;
        uint64_t available, bytes, sum = 0;
        char path[64];

        if (!all || !text_kib(all, "MemAvailable:", &available))
                return UINT64_MAX;
        available = without_spare(available);
        if (node < 0)
                return available;
        (void) snprintf(path, sizeof(path), "sys/devices/system/node/node%d/meminfo", node);
        of_node = text_read(tree->root_fd, path);
        for (size_t i = 0; of_node && i < ELEMENTSOF(keys); i++) {
                if (!text_kib(of_node, keys[i], &bytes))
                        return available;
                sum = add_saturated(sum, bytes);
        }
        return of_node && sum < available ? sum : available;
}
