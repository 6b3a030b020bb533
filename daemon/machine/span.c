/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/span.h"

#include "basic/cleanup.h"
#include "basic/file.h"
#include "basic/saturated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* zoneinfo grows with nodes and CPUs; this is for a thousand of them. */
#define ZONEINFO_MAX ((size_t) 16 * 1024 * 1024)

struct numbers {
        uint32_t *numbers;
        size_t n;
};

static int add(struct numbers *list, uint64_t first, uint64_t last)
{
        for (uint64_t number = first; number <= last && list->n < SPAN_BLOCKS_MAX && number < UINT32_MAX;
             number++) {
                /* by doubling, whenever the number is a power of two */
                if ((list->n & (list->n - 1)) == 0) {
                        uint32_t *numbers =
                                reallocarray(list->numbers, list->n ? 2 * list->n : 1, sizeof(*numbers));

                        if (!numbers)
                                return -ENOMEM;
                        list->numbers = numbers;
                }
                list->numbers[list->n++] = (uint32_t) number;
        }
        return 0;
}

static int compare(const void *a, const void *b)
{
        const uint32_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

/* Zones may share a block at their border. */
static void sort_and_unite(struct numbers *list)
{
        size_t kept = 0;

        if (list->n > 0)
                qsort(list->numbers, list->n, sizeof(*list->numbers), compare);
        for (size_t i = 0; i < list->n; i++)
                if (kept == 0 || list->numbers[kept - 1] != list->numbers[i])
                        list->numbers[kept++] = list->numbers[i];
        list->n = kept;
}

/* Of a zone "spanned" comes first, "start_pfn:" last. */
int span_blocks(struct tree *tree, uint64_t block_size, uint32_t **ret, size_t *ret_n)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/zoneinfo", ZONEINFO_MAX, NULL);
        uint64_t each = tree->page_size > 0 ? block_size / tree->page_size : 0, spanned = 0, start;
        struct numbers list = { 0 };
        char *save = NULL;
        int r = 0;

        for (char *line = text && each > 0 ? strtok_r(text, "\n", &save) : NULL; r >= 0 && line;
             line = strtok_r(NULL, "\n", &save)) {
                if (strncmp(line, "Node ", strlen("Node ")) == 0)
                        spanned = 0;
                else if (sscanf(line, " spanned %19" SCNu64, &spanned) == 1)
                        continue;
                else if (sscanf(line, " start_pfn: %19" SCNu64, &start) == 1 && spanned > 0)
                        r = add(&list, start / each, (add_saturated(start, spanned) - 1) / each);
        }
        if (r < 0) {
                free(list.numbers);
                return r;
        }
        sort_and_unite(&list);
        *ret = list.numbers;
        *ret_n = list.n;
        return 0;
}
