/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/compact.h"

/* A place that takes long, and others who take what becomes free, may leave a slice where it was. */
#define IDLE_MAX 3

/* What was in the way the first time, locked or being written back, may have gone. */
#define PASSES_MAX 3

enum compact_next compact_next(uint64_t until, const struct compact_slice *slice,
                               struct compact_so_far *so_far)
{
        bool moved = slice->cursor != so_far->cursor, gained;

        if (until > 0 && slice->after >= until)
                return COMPACT_REACHED;
        so_far->idle = moved || slice->after > so_far->best ? 0 : so_far->idle + 1;
        if (slice->after > so_far->best)
                so_far->best = slice->after;
        so_far->gained |= slice->after > slice->before;
        so_far->cursor = slice->cursor;
        switch (slice->end) {
        case SLICE_NO_ROOM:
                return COMPACT_NO_ROOM;
        case SLICE_ALL:
                gained = so_far->gained;
                so_far->gained = false;
                so_far->cursor = 0;
                so_far->passes++;
                return !gained || so_far->passes == PASSES_MAX ? COMPACT_NOTHING : COMPACT_GO_ON;
        case SLICE_TIME:
        case SLICE_ENOUGH:
        default:
                return so_far->idle == IDLE_MAX ? COMPACT_NOTHING : COMPACT_GO_ON;
        }
}
