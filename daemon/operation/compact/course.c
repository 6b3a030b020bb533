/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The course of a compaction: each state, each event that can come there, and where it leads.
 */
#include "daemon/operation/compact/compact.h"

#define ROW(from, what, to) { COMPACT_##from, COMPACT_EVENT_##what, COMPACT_##to }
#define STAYS(in, what) { COMPACT_##in, COMPACT_EVENT_##what, COURSE_STAY }

static const struct course_row rows[] = {
        ROW(BEGIN, GO_ON, SLICE),
        ROW(BEGIN, STOP, LOOK), /* its time was over at once: it is said what there is all the same */

        ROW(SLICE, GO_ON, SLICE),
        ROW(SLICE, REACHED, END),
        ROW(SLICE, OVER, EXPLAIN),
        ROW(SLICE, FAILED, LOOK),
        ROW(SLICE, STOP, LOOK),

        ROW(LOOK, LOOKED, END),
        STAYS(LOOK, STOP), /* it is on its way */

        ROW(EXPLAIN, EXPLAINED, END),
        ROW(EXPLAIN, STOP, END), /* it has come to its end but for that */
};

static const struct course_state states[_COMPACT_STATE_MAX] = {
        [COMPACT_BEGIN] = { "begin", compact_begin, compact_end_begin },
        [COMPACT_SLICE] = { "slice", compact_slice, compact_end_slice },
        [COMPACT_LOOK] = { "look", compact_look, compact_end_slice },
        [COMPACT_EXPLAIN] = { "explain", compact_explain, compact_end_explain },
        [COMPACT_END] = { "end", compact_end, NULL },
};

static const char *const events[_COMPACT_EVENT_MAX] = {
        [COMPACT_EVENT_GO_ON] = "go-on",
        [COMPACT_EVENT_REACHED] = "reached",
        [COMPACT_EVENT_OVER] = "over",
        [COMPACT_EVENT_FAILED] = "failed",
        [COMPACT_EVENT_LOOKED] = "looked",
        [COMPACT_EVENT_EXPLAINED] = "explained",
        [COMPACT_EVENT_STOP] = "stop",
};

const struct course_table compact_course = {
        .states = states,
        .n_states = _COMPACT_STATE_MAX,
        .events = events,
        .n_events = _COMPACT_EVENT_MAX,
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};
