/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What zones count of themselves: /proc/zoneinfo by node, /proc/pagetypeinfo by migrate type.
 */
#include "daemon/pages/totals.h"

#include "basic/file.h"
#include "basic/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The files grow with nodes and CPUs; this is for a thousand of them. */
#define PROC_TEXT_MAX ((size_t) 16 * 1024 * 1024)

#define TYPES_MAX 16

/* A node's figures, each the sum of some of zoneinfo's. */
static const struct {
        const char *owner;
        enum memctl_class class;
        const char *counters[2];
} figures[] = {
        { "free", MEMCTL_CLASS_FREE, { "nr_free_pages", NULL } },
        { "file", MEMCTL_CLASS_LRU_FILE, { "nr_inactive_file", "nr_active_file" } },
        { "shmem", MEMCTL_CLASS_LRU_SHMEM, { "nr_shmem", NULL } },
        { "anon", MEMCTL_CLASS_LRU_ANON, { "nr_anon_pages", NULL } },
        { "mlocked", MEMCTL_CLASS_LRU_MLOCKED, { "nr_mlock", NULL } },
        { "slab", MEMCTL_CLASS_SLAB, { "nr_slab_reclaimable", "nr_slab_unreclaimable" } },
        { "page_table", MEMCTL_CLASS_PAGE_TABLE, { "nr_page_table_pages", NULL } },
};

struct node_figures {
        int node;
        bool known[ELEMENTSOF(figures)];
        uint64_t pages[ELEMENTSOF(figures)];
};

static void take_counter(struct node_figures *node, const char *name, uint64_t pages)
{
        for (size_t i = 0; i < ELEMENTSOF(figures); i++)
                for (size_t j = 0; j < ELEMENTSOF(figures[i].counters); j++)
                        if (figures[i].counters[j] && strcmp(figures[i].counters[j], name) == 0) {
                                node->known[i] = true;
                                if (__builtin_add_overflow(node->pages[i], pages, &node->pages[i]))
                                        node->pages[i] = UINT64_MAX;
                        }
}

static int add_node(struct memory_totals *totals, const struct node_figures *node)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(figures); i++) {
                struct memory_total total = {
                        .class = figures[i].class,
                        .pages = node->pages[i],
                        .pageblocks = TOTAL_NOT_COUNTED,
                        .node = node->node,
                        .source = "zoneinfo",
                };

                (void) strcpy(total.owner, figures[i].owner);
                if (node->known[i])
                        r = memory_totals_add(totals, &total);
        }
        return r;
}

/* "Node 0, zone      DMA" begins a zone; the zones of a node stand together. */
int memory_totals_add_zoneinfo(struct tree *tree, struct memory_totals *totals)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/zoneinfo", PROC_TEXT_MAX, NULL);
        struct node_figures node = { .node = -1 };
        char *save = NULL;
        int r = 0;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; r >= 0 && line;
             line = strtok_r(NULL, "\n", &save)) {
                char name[64];
                uint64_t pages;
                unsigned int id;

                if (sscanf(line, "Node %4u, zone", &id) == 1) {
                        if (node.node >= 0 && (unsigned int) node.node != id)
                                r = add_node(totals, &node);
                        if (node.node < 0 || (unsigned int) node.node != id)
                                node = (struct node_figures){ .node = (int) id };
                } else if (node.node >= 0 && sscanf(line, " %63[a-z_] %19" SCNu64, name, &pages) == 2)
                        take_counter(&node, name, pages);
        }
        return r >= 0 && node.node >= 0 ? add_node(totals, &node) : r;
}

struct migrate_type {
        char name[32];
        uint64_t free, pageblocks;
        bool has_free, has_pageblocks;
};

struct migrate_types {
        struct migrate_type types[TYPES_MAX];
        size_t n_types;
        size_t columns[TYPES_MAX]; /* of the table of pageblocks: indexes into types */
        size_t n_columns;
};

static struct migrate_type *find_type(struct migrate_types *types, const char *name)
{
        for (size_t i = 0; i < types->n_types; i++)
                if (strcmp(types->types[i].name, name) == 0)
                        return &types->types[i];
        if (types->n_types == TYPES_MAX || strlen(name) >= sizeof(types->types[0].name))
                return NULL;
        (void) strcpy(types->types[types->n_types].name, name);
        return &types->types[types->n_types++];
}

/* "Node 0, zone Normal, type Movable 12 3 ...": free blocks by order. A count may be ">100000": a bound. */
static void take_free(struct migrate_types *types, char *figures_text, const char *name)
{
        struct migrate_type *type = find_type(types, name);
        char *save = NULL;
        unsigned int order = 0;

        if (!type)
                return;
        type->has_free = true;
        for (char *word = strtok_r(figures_text, " ", &save); word && order < 32;
             word = strtok_r(NULL, " ", &save), order++) {
                uint64_t n;

                if (parse_u64(word + (*word == '>'), 10, &n) >= 0 && n < UINT64_C(1) << 31)
                        type->free += n << order;
        }
}

/* "Number of blocks type Unmovable Movable ...", then "Node 0, zone Normal 3 509 ...". */
static void take_columns(struct migrate_types *types, char *names)
{
        char *save = NULL;

        types->n_columns = 0;
        for (char *name = strtok_r(names, " ", &save); name && types->n_columns < TYPES_MAX;
             name = strtok_r(NULL, " ", &save)) {
                struct migrate_type *type = find_type(types, name);

                if (!type)
                        return;
                types->columns[types->n_columns++] = (size_t) (type - types->types);
        }
}

static void take_pageblocks(struct migrate_types *types, char *numbers)
{
        char *save = NULL, *word = strtok_r(numbers, " ", &save);

        for (size_t i = 0; word && i < types->n_columns; i++, word = strtok_r(NULL, " ", &save)) {
                struct migrate_type *type = &types->types[types->columns[i]];
                uint64_t n;

                if (parse_u64(word, 10, &n) < 0 || n > UINT32_MAX)
                        return;
                type->pageblocks += n;
                type->has_pageblocks = true;
        }
}

int memory_totals_add_pagetypeinfo(struct tree *tree, struct memory_totals *totals)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/pagetypeinfo", PROC_TEXT_MAX, NULL);
        static const char heading[] = "Number of blocks type";
        struct migrate_types types = { 0 };
        char *save = NULL;
        int r = 0;

        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
                char name[32];
                int end = 0;

                if (sscanf(line, "Node %*u, zone %*31[^,], type %31s %n", name, &end) == 1 && end > 0)
                        take_free(&types, line + end, name);
                else if (strncmp(line, heading, sizeof(heading) - 1) == 0)
                        take_columns(&types, line + sizeof(heading) - 1);
                else if (types.n_columns > 0 && sscanf(line, "Node %*u, zone %31s %n", name, &end) == 1 &&
                         end > 0)
                        take_pageblocks(&types, line + end);
        }
        for (size_t i = 0; r >= 0 && i < types.n_types; i++) {
                const struct migrate_type *type = &types.types[i];
                struct memory_total total = {
                        .class = MEMCTL_CLASS_FREE,
                        .pages = type->free,
                        .pageblocks = type->has_pageblocks ? type->pageblocks : TOTAL_NOT_COUNTED,
                        .node = -1,
                        .source = "pagetypeinfo",
                };

                (void) strcpy(total.owner, type->name);
                if (type->has_free)
                        r = memory_totals_add(totals, &total);
        }
        return r;
}
