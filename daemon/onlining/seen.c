/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/seen.h"

#include "basic/file.h"
#include "daemon/core/config_file.h"
#include "daemon/machine/block.h"
#include "daemon/machine/listing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "run/memctl/seen-blocks"
#define FILE_MAX  ((size_t) 8 * 1024 * 1024)

void seen_clear(struct seen *seen)
{
        free(seen->pending);
        *seen = (struct seen){ 0 };
}

/* Where the block is, or is to be. */
static size_t place_of(const struct seen *seen, uint32_t block)
{
        size_t low = 0, high = seen->n_pending;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (seen->pending[middle].block < block)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

bool seen_has(const struct seen *seen, uint32_t block)
{
        size_t i = place_of(seen, block);

        return i < seen->n_pending && seen->pending[i].block == block;
}

int seen_add(struct seen *seen, const struct arrival *arrival)
{
        size_t i = place_of(seen, arrival->block);
        struct arrival *pending;

        if (arrival->identity > seen->mark)
                seen->mark = arrival->identity;
        if (seen_has(seen, arrival->block)) {
                seen->pending[i].identity = arrival->identity;
                return 0;
        }
        pending = reallocarray(seen->pending, seen->n_pending + 1, sizeof(*pending));
        if (!pending)
                return -ENOMEM;
        memmove(&pending[i + 1], &pending[i], (seen->n_pending - i) * sizeof(*pending));
        pending[i] = *arrival;
        seen->pending = pending;
        seen->n_pending++;
        return 0;
}

void seen_remove(struct seen *seen, uint32_t block)
{
        size_t i = place_of(seen, block);

        if (!seen_has(seen, block))
                return;
        seen->n_pending--;
        memmove(&seen->pending[i], &seen->pending[i + 1], (seen->n_pending - i) * sizeof(*seen->pending));
}

void seen_read(const struct tree *tree, struct seen *ret)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, FILE_NAME, FILE_MAX, NULL);
        char *save = NULL;

        *ret = (struct seen){ 0 };
        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
                struct arrival arrival;
                uint64_t mark;

                if (sscanf(line, "mark %" SCNu64, &mark) == 1) {
                        ret->known = true;
                        ret->mark = mark;
                } else if (sscanf(line, "block %" SCNu32 " %" SCNu64, &arrival.block, &arrival.identity) ==
                           2)
                        (void) seen_add(ret, &arrival);
        }
        if (!ret->known)
                seen_clear(ret);
}

int seen_write(const struct tree *tree, const struct seen *seen)
{
        struct config_file file = { .there = true, .mode = 0600, .uid = geteuid(), .gid = getegid() };
        _cleanup_free_ char *text = NULL;
        FILE *f = open_memstream(&text, &file.size);

        if (!f)
                return -ENOMEM;
        (void) fprintf(f, "mark %" PRIu64 "\n", seen->mark);
        for (size_t i = 0; i < seen->n_pending; i++)
                (void) fprintf(f, "block %" PRIu32 " %" PRIu64 "\n", seen->pending[i].block,
                               seen->pending[i].identity);
        if (fclose(f) != 0)
                return -ENOMEM;
        file.data = text;
        return config_file_write(tree->root_fd, FILE_NAME, NULL, &file, NULL);
}

struct looking {
        struct tree *tree;
        struct seen *seen, found;
};

static int look_at(void *userdata, uint32_t number)
{
        struct looking *looking = userdata;
        const struct arrival arrival = { number, block_identity(looking->tree, number) };
        const struct seen *seen = looking->seen;
        size_t i = place_of(seen, number);

        if (arrival.identity == 0)
                return 0;
        if (arrival.identity > looking->found.mark)
                looking->found.mark = arrival.identity;
        if (!seen->known || (arrival.identity <= seen->mark &&
                             (!seen_has(seen, number) || seen->pending[i].identity != arrival.identity)))
                return 0;
        return seen_add(&looking->found, &arrival);
}

int seen_look(struct tree *tree, struct seen *seen)
{
        struct looking looking = { .tree = tree,
                                   .seen = seen,
                                   .found = { .known = true, .mark = seen->mark } };
        int r = list_numbered(tree->root_fd, "sys/devices/system/memory", "memory", look_at, &looking);

        if (r < 0) {
                seen_clear(&looking.found);
                return r;
        }
        seen_clear(seen);
        *seen = looking.found;
        return 0;
}
