/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/compact.h"

/* Others take what becomes free, so a slice may gain nothing where the next one does. */
#define IDLE_MAX 3

/* What was in the way the first time, locked or being written back, may have gone. */
#define PASSES_MAX 3

enum compact_next compact_next(uint64_t until, const struct compact_slice *slice,
                               struct compact_so_far *so_far)
{
        bool gained = slice->after > slice->before;

        if (until > 0 && slice->after >= until)
                return COMPACT_REACHED;
        /* others may use up as much as it gains, and it would go on for ever */
        so_far->idle = gained && slice->after > so_far->best ? 0 : so_far->idle + 1;
        if (slice->after > so_far->best)
                so_far->best = slice->after;
        switch (slice->end) {
        case SLICE_NO_ROOM:
                return COMPACT_NO_ROOM;
        case SLICE_ALL:
                so_far->passes++;
                return !gained || so_far->passes == PASSES_MAX ? COMPACT_NOTHING : COMPACT_GO_ON;
        case SLICE_TIME:
        case SLICE_ENOUGH:
        default:
                return so_far->idle == IDLE_MAX ? COMPACT_NOTHING : COMPACT_GO_ON;
        }
}
