/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/hugepages.h"

#include "basic/cleanup.h"
#include "basic/saturated.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Bytes of huge pages that are asked for in one write. */
#define STEP_BYTES (UINT64_C(128) << 20)

/* Others may take what was compacted, and let go of it again. */
#define ROUNDS_MAX 4

/* Not each free piece is to be had: zones keep some for what can be nowhere else. */
static uint64_t spare(uint64_t missing)
{
        return missing / 8 + 4;
}

static bool is_open(const struct hugepages_node *node, bool bounded)
{
        return !node->dry && (!bounded || node->share < node->pieces);
}

/* What nobody took. */
static uint64_t give(struct hugepages_node *nodes, size_t n, uint64_t missing, bool bounded)
{
        while (missing > 0) {
                uint64_t part, open = 0;

                for (size_t i = 0; i < n; i++)
                        open += is_open(&nodes[i], bounded);
                if (open == 0)
                        break;
                part = missing / open + (missing % open > 0);
                for (size_t i = 0; i < n; i++) {
                        uint64_t pages = part < missing ? part : missing;

                        if (!is_open(&nodes[i], bounded))
                                continue;
                        if (bounded && pages > nodes[i].pieces - nodes[i].share)
                                pages = nodes[i].pieces - nodes[i].share;
                        nodes[i].share += pages;
                        missing -= pages;
                }
        }
        return missing;
}

void hugepages_share(struct hugepages_node *nodes, size_t n, uint64_t missing)
{
        for (size_t i = 0; i < n; i++)
                nodes[i].share = 0;
        (void) give(nodes, n, give(nodes, n, missing, true), false);
}

uint64_t hugepages_step(uint64_t share, uint64_t size_bytes, bool gigantic)
{
        uint64_t most = gigantic || size_bytes >= STEP_BYTES ? 1 : STEP_BYTES / size_bytes;

        return share < most ? share : most;
}

uint64_t hugepages_until(uint64_t missing, uint64_t pieces, unsigned int rounds)
{
        uint64_t wanted = add_saturated(missing, spare(missing));

        return rounds == 0 ? wanted : add_saturated(pieces, wanted);
}

uint64_t hugepages_changed(uint64_t from, uint64_t to, uint64_t now)
{
        uint64_t low = from < to ? from : to, high = from < to ? to : from;

        if (now < low)
                now = low;
        if (now > high)
                now = high;
        return from < to ? now - from : from - now;
}

uint64_t hugepages_to_take_out(const struct hugepages_node *node, uint64_t now)
{
        uint64_t more = subtract_to_zero(now, node->before);

        return node->added < more ? node->added : more;
}

const char *hugepages_size_text(uint64_t size_bytes, char ret[static HUGEPAGES_SIZE_TEXT_MAX])
{
        static const struct {
                unsigned int shift;
                const char *unit;
        } units[] = { { 30, "GiB" }, { 20, "MiB" }, { 10, "KiB" } };

        for (size_t i = 0; i < ELEMENTSOF(units); i++)
                if (size_bytes > 0 && size_bytes % (UINT64_C(1) << units[i].shift) == 0) {
                        (void) snprintf(ret, HUGEPAGES_SIZE_TEXT_MAX, "%" PRIu64 " %s",
                                        size_bytes >> units[i].shift, units[i].unit);
                        return ret;
                }
        (void) snprintf(ret, HUGEPAGES_SIZE_TEXT_MAX, "%" PRIu64 " byte%s", size_bytes,
                        size_bytes == 1 ? "" : "s");
        return ret;
}

bool hugepages_list_has(const char *list, int node)
{
        while (*list >= '0' && *list <= '9') {
                char *end;
                unsigned long first = strtoul(list, &end, 10), last = first;

                if (*end == '-')
                        last = strtoul(end + 1, &end, 10);
                if ((unsigned long) node >= first && (unsigned long) node <= last)
                        return true;
                if (*end != ',')
                        return *end != '\n' && *end != '\0';
                list = end + 1;
        }
        return true;
}

enum hugepages_next hugepages_next(uint64_t wanted, uint64_t added, bool gigantic,
                                   struct hugepages_so_far *so_far)
{
        bool gained = added > so_far->best;

        if (added >= wanted)
                return HUGEPAGES_REACHED;
        if (gained)
                so_far->best = added;
        so_far->rounds++;
        if (so_far->rounds == ROUNDS_MAX)
                return HUGEPAGES_OVER;
        /* in the first round there may have been pieces enough, which were not to be had */
        return gained || (so_far->rounds == 1 && !gigantic) ? HUGEPAGES_AGAIN : HUGEPAGES_OVER;
}
