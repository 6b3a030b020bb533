/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "daemon/module/cma_parse.h"
#include "daemon/module/module.h"

#include <errno.h>
#include <string.h>

/* A list that changes all the time is asked for so often. */
#define ATTEMPTS_MAX 10U

/* Bits of a map in all: 256 GiB of pages of 4 KiB. */
#define MAP_PIECES_MAX (UINT64_C(1) << 26)

/* What a dump is put into, and emptied before it is asked for once more. */
struct listing {
        uint8_t command;
        const char *area; /* NULL: of all */
        void (*again)(void *into);
        int (*answer)(struct nlmsghdr *header, void *into, char **message);
        void *into;
};

static int fill_area(struct nl_msg *m, const void *userdata)
{
        return nla_put_string(m, MEMCTL_A_AREA, userdata);
}

static int ask(const struct tree *tree, const struct listing *listing, char **message)
{
        const struct netlink_question question = {
                .command = listing->command,
                .dump = true,
                .fill = listing->area ? fill_area : NULL,
                .fill_userdata = listing->area,
                .answer = listing->answer,
                .answer_userdata = listing->into,
        };
        _cleanup_free_ char *why = NULL;
        int r = -ESTALE;

        for (unsigned int i = 0; r == -ESTALE && i < ATTEMPTS_MAX; i++) {
                free(why);
                why = NULL;
                listing->again(listing->into);
                r = module_ask(tree, &question, &why);
        }
        if (r <= 0)
                listing->again(listing->into);
        if (r < 0)
                *message = TAKE_PTR(why);
        return r;
}

void module_cma_clear(struct module_cma_areas *areas)
{
        free(areas->areas);
        *areas = (struct module_cma_areas){ 0 };
}

static void clear_areas(void *into)
{
        module_cma_clear(into);
}

static int on_area(struct nlmsghdr *header, void *into, char **message)
{
        struct module_cma_areas *all = into;
        struct module_cma_area area, *areas;
        int r;

        r = module_cma_parse(header, &area, message);
        if (r < 0)
                return r;
        if (all->n == MODULE_CMA_AREAS_MAX)
                return fail(message, -EBADMSG, "memctl.ko: more CMA areas than there can be");
        areas = reallocarray(all->areas, all->n + 1, sizeof(*areas));
        if (!areas)
                return -ENOMEM;
        all->areas = areas;
        areas[all->n++] = area;
        return 0;
}

int module_cma_read(const struct tree *tree, struct module_cma_areas *ret, char **message)
{
        const struct listing listing = { MEMCTL_C_CMA, NULL, clear_areas, on_area, ret };

        return ask(tree, &listing, message);
}

void module_cma_clear_holders(struct module_cma_holders *holders)
{
        free(holders->holders);
        *holders = (struct module_cma_holders){ 0 };
}

static void clear_holders(void *into)
{
        module_cma_clear_holders(into);
}

static int on_holder(struct nlmsghdr *header, void *into, char **message)
{
        struct module_cma_holders *all = into;
        const struct module_cma_holder *last = all->n > 0 ? &all->holders[all->n - 1] : NULL;
        struct module_cma_holder holder;
        int r;

        r = module_cma_parse_holder(header, &holder, message);
        if (r < 0)
                return r;
        if (all->n == MODULE_CMA_HOLDERS_MAX || (last && holder.start < last->start + last->pages))
                return fail(message, -EBADMSG,
                            "memctl.ko: CMA allocations that overlap, or more than there can be");
        if (!all->holders || all->n == all->size) {
                size_t size = all->size ? all->size * 2 : 16;
                struct module_cma_holder *holders = reallocarray(all->holders, size, sizeof(*holders));

                if (!holders)
                        return -ENOMEM;
                all->holders = holders;
                all->size = size;
        }
        all->holders[all->n++] = holder;
        return 0;
}

int module_cma_read_holders(const struct tree *tree, const char *area, struct module_cma_holders *ret,
                            char **message)
{
        const struct listing listing = { MEMCTL_C_CMA_HOLDER, area, clear_holders, on_holder, ret };

        return ask(tree, &listing, message);
}

static void clear_failures(void *into)
{
        ((struct module_cma_failures *) into)->n = 0;
}

static int on_failure(struct nlmsghdr *header, void *into, char **message)
{
        struct module_cma_failures *all = into;
        struct module_cma_failure failure;
        int r;

        r = module_cma_parse_failure(header, &failure, message);
        if (r < 0)
                return r;
        if (all->n == MEMCTL_CMA_FAILURES_MAX)
                return fail(message, -EBADMSG, "memctl.ko: more failures of CMA than it keeps");
        all->failures[all->n++] = failure;
        return 0;
}

int module_cma_read_failures(const struct tree *tree, struct module_cma_failures *ret, char **message)
{
        const struct listing listing = { MEMCTL_C_CMA_FAILURE, NULL, clear_failures, on_failure, ret };

        return ask(tree, &listing, message);
}

void module_cma_clear_map(struct module_cma_map *map)
{
        for (size_t i = 0; i < map->n_ranges; i++)
                free(map->words[i]);
        *map = (struct module_cma_map){ 0 };
}

struct mapping {
        const struct module_cma_area *area;
        struct module_cma_map *map;
        uint64_t at;
};

static size_t words_of(const struct module_cma_area *area, size_t range)
{
        uint64_t pages = area->ranges[range].end - area->ranges[range].start;

        return (size_t) ((pages >> area->order_per_bit) / 64 + 1);
}

static void clear_mapping(void *into)
{
        struct mapping *mapping = into;

        mapping->at = 0;
        for (size_t i = 0; i < mapping->map->n_ranges; i++)
                memset(mapping->map->words[i], 0, words_of(mapping->area, i) * sizeof(uint64_t));
}

static int on_map(struct nlmsghdr *header, void *into, char **message)
{
        struct mapping *mapping = into;

        return module_cma_parse_map(header, mapping->area, mapping->map, &mapping->at, message);
}

int module_cma_read_map(const struct tree *tree, const struct module_cma_area *area,
                        struct module_cma_map *ret, char **message)
{
        struct mapping mapping = { .area = area, .map = ret };
        const struct listing listing = { MEMCTL_C_CMA_MAP, area->name, clear_mapping, on_map, &mapping };
        int r;

        *ret = (struct module_cma_map){ 0 };
        if (area->pages >> area->order_per_bit > MAP_PIECES_MAX)
                return fail(message, -EFBIG, "CMA area %s has too many pieces for a map", area->name);
        while (ret->n_ranges < area->n_ranges) {
                ret->words[ret->n_ranges] = calloc(words_of(area, ret->n_ranges), sizeof(uint64_t));
                if (!ret->words[ret->n_ranges]) {
                        module_cma_clear_map(ret);
                        return -ENOMEM;
                }
                ret->n_ranges++;
        }
        r = ask(tree, &listing, message);
        if (r <= 0)
                module_cma_clear_map(ret);
        return r;
}

const char *module_cma_cause_name(enum memctl_cma_cause cause)
{
        static const char *const names[] = {
                [MEMCTL_CMA_UNKNOWN] = "unknown",       [MEMCTL_CMA_INTERRUPTED] = "interrupted",
                [MEMCTL_CMA_TOO_SMALL] = "too_small",   [MEMCTL_CMA_WRONG_AREA] = "wrong_area",
                [MEMCTL_CMA_FRAGMENTED] = "fragmented", [MEMCTL_CMA_PINNED] = "pinned",
                [MEMCTL_CMA_UNMOVABLE] = "unmovable",   [MEMCTL_CMA_TRANSIENT] = "transient",
                [MEMCTL_CMA_NO_MEMORY] = "no_memory",
        };

        return names[(size_t) cause < ELEMENTSOF(names) ? cause : MEMCTL_CMA_UNKNOWN];
}
