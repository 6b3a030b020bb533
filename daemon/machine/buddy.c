/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/buddy.h"

#include "basic/file.h"
#include "basic/message.h"
#include "basic/number.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Some 160 bytes a zone: this is for a thousand nodes. */
#define BUDDYINFO_MAX ((size_t) 1024 * 1024)

void buddy_clear(struct buddy *buddy)
{
        free(buddy->zones);
        *buddy = (struct buddy){ 0 };
}

/* "Node 0, zone   Normal  16395 9730 ...": the pieces, from order 0 on. How many orders; 0: it is no such
 * line. */
static unsigned int parse_line(char *line, struct buddy_zone *zone)
{
        unsigned int node, n = 0;
        char *save = NULL;
        int at = 0;

        if (sscanf(line, "Node %9u, zone %15s %n", &node, zone->name, &at) != 2 || at == 0 || node > INT_MAX)
                return 0;
        zone->node = (int) node;
        for (const char *word = strtok_r(line + at, " ", &save); word; word = strtok_r(NULL, " ", &save))
                if (n == BUDDY_ORDERS_MAX || parse_u64(word, 10, &zone->free[n++]) < 0)
                        return 0;
        return n;
}

static int add_zone(struct buddy *buddy, const struct buddy_zone *zone)
{
        struct buddy_zone *zones = reallocarray(buddy->zones, buddy->n_zones + 1, sizeof(*zones));

        if (!zones)
                return -ENOMEM;
        buddy->zones = zones;
        buddy->zones[buddy->n_zones++] = *zone;
        return 0;
}

int buddy_parse(const char *text, struct buddy *ret, char **message)
{
        _cleanup_(buddy_clear) struct buddy buddy = { 0 };
        _cleanup_free_ char *copy = strdup(text);
        char *save = NULL;
        bool good = true;

        if (!copy)
                return -ENOMEM;
        for (char *line = strtok_r(copy, "\n", &save); good && line; line = strtok_r(NULL, "\n", &save)) {
                struct buddy_zone zone = { 0 };
                unsigned int n = parse_line(line, &zone);

                good = n > 0 && (buddy.n_orders == 0 || n == buddy.n_orders);
                buddy.n_orders = n;
                if (good && add_zone(&buddy, &zone) < 0)
                        return -ENOMEM;
        }
        if (!good || buddy.n_zones == 0)
                return fail(
                        message, -EBADMSG,
                        "/proc/buddyinfo: accepted are lines like \"Node 0, zone Normal 5 3 1\", with as "
                        "many numbers in each");
        *ret = buddy;
        buddy = (struct buddy){ 0 };
        return 0;
}

int buddy_read(const struct tree *tree, struct buddy *ret, char **message)
{
        _cleanup_free_ char *text = file_read(tree->root_fd, "proc/buddyinfo", BUDDYINFO_MAX, NULL);

        return text ? buddy_parse(text, ret, message)
                    : fail(message, -ENODATA, "%s/proc/buddyinfo cannot be read",
                           strcmp(tree->root, "/") == 0 ? "" : tree->root);
}

bool buddy_add_up(const struct buddy *buddy, int node, uint64_t ret[static BUDDY_ORDERS_MAX])
{
        bool found = false;

        memset(ret, 0, BUDDY_ORDERS_MAX * sizeof(*ret));
        for (size_t i = 0; i < buddy->n_zones; i++) {
                if (node >= 0 && buddy->zones[i].node != node)
                        continue;
                found = true;
                for (unsigned int order = 0; order < buddy->n_orders; order++)
                        ret[order] += buddy->zones[i].free[order];
        }
        return found;
}
