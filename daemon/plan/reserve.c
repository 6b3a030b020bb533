/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/reserve.h"

#include "basic/message.h"
#include "basic/number.h"
#include "basic/quote.h"
#include "basic/reservation_name.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int check_name(const char *name, char **message)
{
        char quoted[QUOTE_MAX];

        if (reservation_name_is_valid(name))
                return 0;
        return fail(message, -EINVAL, "name %s: accepted are " RESERVATION_NAME_ACCEPTED,
                    quote(name, quoted));
}

/* What an area is called is the kernel's choice. */
static int check_area(const char *area, char **message)
{
        size_t n = strlen(area);
        char quoted[QUOTE_MAX];

        for (size_t i = 0; i < n; i++)
                if (area[i] < ' ' || area[i] > '~')
                        n = 0;
        if (n > 0 && n < RESERVATION_AREA_SIZE)
                return 0;
        return fail(message, -EINVAL, "area %s: accepted is the name of a CMA area, as cma list shows it",
                    quote(area, quoted));
}

static uint64_t total_bytes(const struct snapshot *snapshot, int node, bool *ret_found)
{
        uint64_t total = 0;

        *ret_found = false;
        for (size_t i = 0; i < snapshot->n_nodes; i++)
                if (node == NODE_NONE || snapshot->nodes[i].id == node) {
                        total += snapshot->nodes[i].total_bytes;
                        *ret_found = true;
                }
        return total;
}

static int check_size(const struct snapshot *snapshot, uint64_t page_size, uint64_t size, int node,
                      char **message)
{
        uint64_t total;
        bool found;

        if (size == 0 || size % page_size != 0)
                return fail(message, -EINVAL,
                            "%" PRIu64 " bytes: accepted is a multiple of the page size, %" PRIu64
                            " bytes, from one page up",
                            size, page_size);
        total = total_bytes(snapshot, node, &found);
        if (node < NODE_NONE || (node != NODE_NONE && !found))
                return fail(message, -EINVAL, "node %d: the machine has no such node", node);
        /* where nothing is told, memctl.ko will know */
        if (total > 0 && size > total)
                return fail(message, -ENOSPC,
                            "%" PRIu64 " bytes: %s has only %" PRIu64 " bytes of memory in all", size,
                            node == NODE_NONE ? "the machine" : "the node asked for", total);
        return 0;
}

static int check_align(uint64_t page_size, uint64_t align, char **message)
{
        if (align >= page_size && (align & (align - 1)) == 0)
                return 0;
        return fail(message, -EINVAL,
                    "alignment to %" PRIu64
                    " bytes: accepted is a power of two, from the page size, %" PRIu64 " bytes, up",
                    align, page_size);
}

int reserve_judge(const struct snapshot *snapshot, uint64_t page_size, const struct reserve_request *request,
                  struct reserver_wish *ret, char **message)
{
        uint64_t align = request->align ? request->align : page_size;
        int r;

        r = check_size(snapshot, page_size, request->size, request->node, message);
        if (r >= 0)
                r = check_align(page_size, align, message);
        if (r >= 0 && request->name)
                r = check_name(request->name, message);
        if (r >= 0 && request->area)
                r = check_area(request->area, message);
        if (r >= 0 && request->area && request->movable)
                r = fail(message, -EINVAL,
                         "area %s, and zone Movable: a CMA area is in no zone Movable; accepted is one of "
                         "them",
                         request->area);
        if (r < 0)
                return r;
        *ret = (struct reserver_wish){
                .pages = request->size / page_size,
                .align = align / page_size,
                .node = request->node,
                .movable_zone = request->movable,
        };
        if (request->name)
                (void) snprintf(ret->name, sizeof(ret->name), "%s", request->name);
        if (request->area)
                (void) snprintf(ret->area, sizeof(ret->area), "%s", request->area);
        return 0;
}

int reserve_parse_key(const char *text, uint64_t *ret_id, char **message)
{
        char quoted[QUOTE_MAX];

        if (reservation_name_is_valid(text)) {
                *ret_id = 0;
                return 0;
        }
        if (parse_u64(text, 10, ret_id) >= 0 && *ret_id > 0)
                return 0;
        return fail(message, -EINVAL,
                    "%s: accepted is a reservation's name or number, as cma reservations shows them",
                    quote(text, quoted));
}

int reserve_no_such(const char *key, char **message)
{
        return fail(message, -ENOENT, "there is no reservation %s (any more)", key);
}
