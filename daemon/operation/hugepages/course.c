/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The course of adding huge pages to a pool: each state, each event that can come there, and where it leads.
 */
#include "daemon/operation/hugepages/hugepages.h"

#define ROW(from, what, to) { HUGEPAGES_##from, HUGEPAGES_EVENT_##what, HUGEPAGES_##to }
#define STAYS(in, what) { HUGEPAGES_##in, HUGEPAGES_EVENT_##what, COURSE_STAY }

static const struct course_row rows[] = {
        ROW(RECOVER, GO_ON, RECOVER), /* the write is not over yet */
        ROW(RECOVER, GO_BACK, LEAVE),
        STAYS(RECOVER, STOP), /* it goes back in any case */

        ROW(BEGIN, GO_ON, LOOK),
        ROW(BEGIN, STOP, LEAVE),

        ROW(LOOK, SHORT, COMPACT),
        ROW(LOOK, READY, JOURNAL),
        ROW(LOOK, REFUSED, LEAVE),
        ROW(LOOK, FAILED, LEAVE),

        ROW(COMPACT, GO_ON, COMPACT),
        ROW(COMPACT, OVER, JOURNAL), /* how many there are now is seen when they are asked for */
        ROW(COMPACT, STOP, LEAVE),

        ROW(JOURNAL, BEGUN, SHARE),
        ROW(JOURNAL, GO_ON, JOURNAL), /* another memctld had the journals' folder */
        ROW(JOURNAL, FAILED, LEAVE),
        ROW(JOURNAL, STOP, LEAVE),

        ROW(SHARE, SHARED, STEP),
        ROW(SHARE, FAILED, LEAVE),

        ROW(STEP, WRITE, WRITE),
        ROW(STEP, ROUND, JUDGE),

        ROW(WRITE, WRITTEN, STEP),
        ROW(WRITE, FAILED, LEAVE),
        ROW(WRITE, STOP, STOP),

        ROW(STOP, WRITTEN, LEAVE),
        STAYS(STOP, STOP),

        ROW(JUDGE, REACHED, END),
        ROW(JUDGE, AGAIN, LOOK),
        ROW(JUDGE, OVER, EXPLAIN),

        ROW(EXPLAIN, EXPLAINED, LEAVE),
        ROW(EXPLAIN, STOP, LEAVE), /* it has come to its end but for that */

        ROW(LEAVE, NOTHING, END),
        ROW(LEAVE, KEEP, END),
        ROW(LEAVE, GO_BACK, BACK),

        ROW(BACK, TAKE, TAKE),
        ROW(BACK, DONE, END),

        ROW(TAKE, WRITTEN, BACK),
        STAYS(TAKE, STOP), /* it is on its way */
};

static const struct course_state states[_HUGEPAGES_STATE_MAX] = {
        [HUGEPAGES_RECOVER] = { "recover", hugepages_recover, hugepages_no_tick },
        [HUGEPAGES_BEGIN] = { "begin", hugepages_begin, hugepages_no_tick },
        [HUGEPAGES_LOOK] = { "look", hugepages_look, NULL },
        [HUGEPAGES_COMPACT] = { "compact", hugepages_compact, hugepages_end_slice },
        [HUGEPAGES_JOURNAL] = { "journal", hugepages_journal, hugepages_no_tick },
        [HUGEPAGES_SHARE] = { "share", hugepages_share_out, NULL },
        [HUGEPAGES_STEP] = { "step", hugepages_choose, NULL },
        [HUGEPAGES_WRITE] = { "write", hugepages_write, NULL },
        [HUGEPAGES_JUDGE] = { "judge", hugepages_judge, NULL },
        [HUGEPAGES_STOP] = { "stop", hugepages_stop_write, NULL },
        [HUGEPAGES_EXPLAIN] = { "explain", hugepages_explain, hugepages_end_explain },
        [HUGEPAGES_LEAVE] = { "leave", hugepages_leave, NULL },
        [HUGEPAGES_BACK] = { "back", hugepages_back, NULL },
        [HUGEPAGES_TAKE] = { "take", hugepages_take, hugepages_no_tick },
        [HUGEPAGES_END] = { "end", hugepages_end, NULL },
};

static const char *const events[_HUGEPAGES_EVENT_MAX] = {
        [HUGEPAGES_EVENT_GO_ON] = "go-on",     [HUGEPAGES_EVENT_SHORT] = "short",
        [HUGEPAGES_EVENT_READY] = "ready",     [HUGEPAGES_EVENT_REFUSED] = "refused",
        [HUGEPAGES_EVENT_FAILED] = "failed",   [HUGEPAGES_EVENT_BEGUN] = "begun",
        [HUGEPAGES_EVENT_SHARED] = "shared",   [HUGEPAGES_EVENT_WRITE] = "write",
        [HUGEPAGES_EVENT_ROUND] = "round",     [HUGEPAGES_EVENT_WRITTEN] = "written",
        [HUGEPAGES_EVENT_REACHED] = "reached", [HUGEPAGES_EVENT_AGAIN] = "again",
        [HUGEPAGES_EVENT_OVER] = "over",       [HUGEPAGES_EVENT_EXPLAINED] = "explained",
        [HUGEPAGES_EVENT_NOTHING] = "nothing", [HUGEPAGES_EVENT_KEEP] = "keep",
        [HUGEPAGES_EVENT_GO_BACK] = "go-back", [HUGEPAGES_EVENT_TAKE] = "take",
        [HUGEPAGES_EVENT_DONE] = "done",       [HUGEPAGES_EVENT_STOP] = "stop",
};

const struct course_table hugepages_course = {
        .states = states,
        .n_states = _HUGEPAGES_STATE_MAX,
        .events = events,
        .n_events = _HUGEPAGES_EVENT_MAX,
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};
