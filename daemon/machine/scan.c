/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads all blocks of a tree: one listing for their numbers, then two or three small files a block. What
 * that costs is system calls, so two threads share a large tree.
 */
#include "daemon/machine/block.h"
#include "daemon/machine/node.h"
#include "daemon/machine/span.h"
#include "basic/attr.h"
#include "basic/message.h"
#include "basic/number.h"
#include "basic/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Fewer blocks than this are read before a thread has started. */
#define THREADS_FROM 1024

/* Blocks a thread takes at a time. */
#define CHUNK 256

/* What a block would be, where the kernel has none: what counts pages goes by it. */
#define BLOCK_SIZE_WITHOUT (UINT64_C(128) << 20)

/* What the threads share: all is read-only but next, and each block belongs to the thread that took it. */
struct scan {
        struct tree *tree;
        const bool *removable;
        struct memory_block *blocks;
        struct block_problem *problems;
        bool *gone;
        size_t n;
        atomic_size_t next;
};

static void read_chunks(struct scan *scan)
{
        size_t from;

        while ((from = atomic_fetch_add(&scan->next, CHUNK)) < scan->n) {
                size_t to = from + CHUNK < scan->n ? from + CHUNK : scan->n;

                for (size_t i = from; i < to; i++)
                        scan->gone[i] = block_read_quietly(scan->tree, scan->removable, &scan->blocks[i],
                                                           &scan->problems[i]) < 0;
        }
}

static void *read_in_thread(void *userdata)
{
        read_chunks(userdata);
        return NULL;
}

static void read_blocks(struct scan *scan)
{
        bool threaded = scan->n >= THREADS_FROM;
        pthread_t thread;

        if (threaded)
                threaded = pthread_create(&thread, NULL, read_in_thread, scan) == 0;
        read_chunks(scan);
        if (threaded)
                pthread_join(thread, NULL);
}

static int read_block_size(struct tree *tree, struct snapshot *snapshot, char **message)
{
        char text[ATTR_MAX];
        ssize_t n;

        n = attr_read(tree->memory_fd, "block_size_bytes", text, sizeof(text));
        if (n < 0)
                return fail(message, (int) n,
                            "sys/devices/system/memory/block_size_bytes: %s; accepted: the size of a memory "
                            "block in hexadecimal",
                            attr_strerror((int) n));
        if (parse_u64(text, 16, &snapshot->block_size) < 0 || snapshot->block_size < 4096 ||
            (snapshot->block_size & (snapshot->block_size - 1)) != 0) {
                char quoted[QUOTE_MAX];

                return fail(message, -EINVAL,
                            "sys/devices/system/memory/block_size_bytes: %s; accepted: a power of two from "
                            "1000 up, in hexadecimal",
                            quote(text, quoted));
        }
        return 0;
}

/* The number of a "memoryN" entry. 0 when it is something else that belongs there, -EINVAL when it is bad.
 */
static int entry_number(const struct dirent *entry, uint64_t block_size, uint32_t *ret)
{
        const char *digits = entry->d_name + strlen("memory");

        if (strncmp(entry->d_name, "memory", strlen("memory")) != 0)
                return 0;
        if (parse_u32(digits, 10, ret) < 0 || (digits[0] == '0' && digits[1] != '\0') || *ret == UINT32_MAX)
                return -EINVAL;
        if (*ret > UINT64_MAX / block_size - 1)
                return -EINVAL;
        if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
                return -EINVAL;
        return 1;
}

static int compare_numbers(const void *a, const void *b)
{
        const struct memory_block *x = a, *y = b;

        return x->number < y->number ? -1 : x->number > y->number;
}

static int list_blocks(struct tree *tree, struct snapshot *snapshot)
{
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        size_t allocated = 0;
        int fd;

        fd = openat(tree->memory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return -errno;
        }

        while ((errno = 0, entry = readdir(dir))) {
                uint32_t number;
                int r = entry_number(entry, snapshot->block_size, &number);

                if (r < 0) {
                        char quoted[QUOTE_MAX];

                        snapshot_problem(snapshot,
                                         "sys/devices/system/memory/: %s; accepted: folders memoryN, N a "
                                         "block number in memory",
                                         quote(entry->d_name, quoted));
                }
                if (r <= 0)
                        continue;

                if (snapshot->n_blocks == allocated) {
                        struct memory_block *blocks;

                        allocated = allocated ? allocated * 2 : 256;
                        blocks = reallocarray(snapshot->blocks, allocated, sizeof(*blocks));
                        if (!blocks)
                                return -ENOMEM;
                        snapshot->blocks = blocks;
                }
                snapshot->blocks[snapshot->n_blocks++] = (struct memory_block){
                        .number = number,
                        .dimm = DIMM_NONE,
                        .node = NODE_NONE,
                };
        }
        if (errno != 0)
                return -errno;

        if (snapshot->n_blocks > 1)
                qsort(snapshot->blocks, snapshot->n_blocks, sizeof(*snapshot->blocks), compare_numbers);
        return 0;
}

/*
 * Since Linux 5.8 removable says only whether the kernel was built to offline memory (its
 * Documentation/ABI/testing/sysfs-devices-memory), so one block's word is good for all. crash_hotplug came
 * with 6.6: where it is, the kernel is newer than that, and a third of the reading is saved.
 */
static bool removable_is_uniform(struct tree *tree)
{
        return faccessat(tree->memory_fd, "crash_hotplug", F_OK, 0) == 0;
}

static const bool *read_uniform_removable(struct tree *tree, struct snapshot *snapshot, bool *ret)
{
        struct block_problem problem;

        if (!removable_is_uniform(tree))
                return NULL;
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                struct memory_block block = snapshot->blocks[i];

                if (block_read_quietly(tree, NULL, &block, &problem) < 0 || block.state != BLOCK_ONLINE)
                        continue;
                if (problem.attribute)
                        return NULL;
                *ret = block.removable;
                return ret;
        }
        return NULL;
}

static void drop_gone(struct snapshot *snapshot, const bool *gone, const struct block_problem *problems)
{
        size_t kept = 0;

        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                if (gone[i])
                        continue;
                block_report(snapshot, snapshot->blocks[i].number, &problems[i]);
                snapshot->blocks[kept++] = snapshot->blocks[i];
        }
        snapshot->n_blocks = kept;
}

struct node_listing {
        struct tree *tree;
        struct node_list list;
        int error;
};

static void *list_nodes(void *userdata)
{
        struct node_listing *listing = userdata;

        listing->error = node_list_read(listing->tree, &listing->list);
        return NULL;
}

/* Lists the blocks, and at the same time which node has which: on a large machine either takes a while. */
static int list_blocks_and_nodes(struct tree *tree, struct snapshot *snapshot)
{
        struct node_listing listing = { .tree = tree };
        pthread_t thread;
        bool threaded;
        int r;

        threaded = pthread_create(&thread, NULL, list_nodes, &listing) == 0;
        r = list_blocks(tree, snapshot);
        if (threaded)
                pthread_join(thread, NULL);
        else
                (void) list_nodes(&listing);
        if (r >= 0)
                r = nodes_place(tree, snapshot, &listing.list, listing.error);
        node_list_clear(&listing.list);
        return r;
}

int blocks_read_all(struct tree *tree, struct snapshot *snapshot, char **message)
{
        _cleanup_free_ struct block_problem *problems = NULL;
        _cleanup_free_ bool *gone = NULL;
        struct scan scan = { .tree = tree };
        bool removable;
        int r;

        if (tree->memory_fd < 0) {
                snapshot->block_size = BLOCK_SIZE_WITHOUT;
                r = span_blocks(tree, snapshot->block_size, &snapshot->spans, &snapshot->n_spans);
                return r < 0 ? r : nodes_read_all(tree, snapshot);
        }
        snapshot->hotplug = true;
        r = read_block_size(tree, snapshot, message);
        if (r < 0)
                return r;
        /* Nodes before attributes: block_read_quietly() goes by them. */
        r = list_blocks_and_nodes(tree, snapshot);
        if (r < 0)
                return fail(message, r, "sys/devices/system/memory: %s", strerror(-r));

        problems = calloc(snapshot->n_blocks + 1, sizeof(*problems));
        gone = calloc(snapshot->n_blocks + 1, sizeof(*gone));
        if (!problems || !gone)
                return -ENOMEM;

        scan.removable = read_uniform_removable(tree, snapshot, &removable);
        scan.blocks = snapshot->blocks;
        scan.problems = problems;
        scan.gone = gone;
        scan.n = snapshot->n_blocks;
        read_blocks(&scan);
        drop_gone(snapshot, gone, problems);
        return 0;
}
