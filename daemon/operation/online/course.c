/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The course of bringing blocks online: each state, each event that can come there, and where it leads.
 */
#include "daemon/operation/online/online.h"

#define ROW(from, what, to) { ONLINE_##from, ONLINE_EVENT_##what, ONLINE_##to }
#define STAYS(in, what) { ONLINE_##in, ONLINE_EVENT_##what, COURSE_STAY }

static const struct course_row rows[] = {
        ROW(RECOVER, GO_BACK, LEAVE),
        STAYS(RECOVER, STOP), /* it goes back in any case */

        ROW(PLAN, PLANNED, BEGIN),
        ROW(PLAN, REFUSED, LEAVE),
        ROW(PLAN, STOP, LEAVE),

        ROW(BEGIN, BEGUN, NEXT),
        ROW(BEGIN, GO_ON, BEGIN), /* another memctld had the journals' folder */
        ROW(BEGIN, FAILED, LEAVE),
        ROW(BEGIN, STOP, LEAVE),

        ROW(NEXT, BLOCK, BLOCK),
        ROW(NEXT, ALL, CHECK),

        ROW(BLOCK, CAME, NEXT),
        ROW(BLOCK, FAILED, LEAVE),
        ROW(BLOCK, STOP, STOP),

        ROW(CHECK, DONE, END),
        ROW(CHECK, FAILED, LEAVE),

        ROW(STOP, CAME, LEAVE),
        ROW(STOP, FAILED, LEAVE),
        STAYS(STOP, STOP),

        ROW(LEAVE, NOTHING, END),
        ROW(LEAVE, GO_BACK, BACK),

        ROW(BACK, DONE, END),
        STAYS(BACK, STOP), /* it is on its way */
};

static const struct course_state states[_ONLINE_STATE_MAX] = {
        [ONLINE_RECOVER] = { "recover", NULL, online_no_tick },
        [ONLINE_PLAN] = { "plan", online_plan, online_no_tick },
        [ONLINE_BEGIN] = { "begin", online_begin, online_no_tick },
        [ONLINE_NEXT] = { "next", online_next, NULL },
        [ONLINE_BLOCK] = { "block", online_block, NULL },
        [ONLINE_CHECK] = { "check", online_check, NULL },
        [ONLINE_STOP] = { "stop", online_stop_write, NULL },
        [ONLINE_LEAVE] = { "leave", online_leave, NULL },
        [ONLINE_BACK] = { "back", online_back, NULL },
        [ONLINE_END] = { "end", online_end, NULL },
};

static const char *const events[_ONLINE_EVENT_MAX] = {
        [ONLINE_EVENT_PLANNED] = "planned",
        [ONLINE_EVENT_REFUSED] = "refused",
        [ONLINE_EVENT_BEGUN] = "begun",
        [ONLINE_EVENT_GO_ON] = "go-on",
        [ONLINE_EVENT_BLOCK] = "block",
        [ONLINE_EVENT_ALL] = "all",
        [ONLINE_EVENT_CAME] = "came",
        [ONLINE_EVENT_FAILED] = "failed",
        [ONLINE_EVENT_DONE] = "done",
        [ONLINE_EVENT_NOTHING] = "nothing",
        [ONLINE_EVENT_GO_BACK] = "go-back",
        [ONLINE_EVENT_STOP] = "stop",
};

const struct course_table online_course = {
        .states = states,
        .n_states = _ONLINE_STATE_MAX,
        .events = events,
        .n_events = _ONLINE_EVENT_MAX,
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};
