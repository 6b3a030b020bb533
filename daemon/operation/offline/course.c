/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The course of taking blocks offline: each state, each event that can come there, and where it leads.
 */
#include "daemon/operation/offline/offline.h"

#define ROW(from, what, to) { OFFLINE_##from, OFFLINE_EVENT_##what, OFFLINE_##to }
#define STAYS(in, what) { OFFLINE_##in, OFFLINE_EVENT_##what, COURSE_STAY }

static const struct course_row rows[] = {
        ROW(RECOVER, PLAN, PLAN),
        ROW(RECOVER, EJECT, EJECT),
        ROW(RECOVER, GO_BACK, LEAVE),
        STAYS(RECOVER, STOP), /* it goes back, once that is possible */

        ROW(PLAN, PLANNED, BEGIN),
        ROW(PLAN, REFUSED, LEAVE),
        ROW(PLAN, STOP, LEAVE),

        ROW(BEGIN, BEGUN, NEXT),
        ROW(BEGIN, PLACE, PLACE),
        ROW(BEGIN, GO_ON, BEGIN), /* another memctld had the journals' folder */
        ROW(BEGIN, FAILED, LEAVE),
        ROW(BEGIN, STOP, LEAVE),

        ROW(PLACE, BEGUN, NEXT),
        ROW(PLACE, FAILED, LEAVE),
        ROW(PLACE, STOP, LEAVE),

        ROW(NEXT, FENCE, FENCE),
        ROW(NEXT, BLOCK, BLOCK),
        ROW(NEXT, ALL, CHECK),

        ROW(FENCE, RAISED, NEXT),
        ROW(FENCE, NO_ROOM, LEAVE),
        ROW(FENCE, STOP, LEAVE),

        ROW(BLOCK, WENT, PACE),
        ROW(BLOCK, NOT_EMPTY, STUCK),
        ROW(BLOCK, FAILED, SETTLE),
        ROW(BLOCK, NO_ROOM, STOP),
        ROW(BLOCK, STOP, STOP),

        ROW(STUCK, FOUND, SETTLE),
        ROW(STUCK, NO_ROOM, LEAVE),
        ROW(STUCK, STOP, LEAVE),

        ROW(SETTLE, WAIT, WAIT),
        ROW(SETTLE, GO_ON, NEXT),
        ROW(SETTLE, FAILED, LEAVE),

        ROW(WAIT, GO_ON, BLOCK),
        ROW(WAIT, NO_ROOM, LEAVE),
        ROW(WAIT, STOP, LEAVE),

        ROW(PACE, GO_ON, NEXT),
        ROW(PACE, NO_ROOM, LEAVE),
        ROW(PACE, STOP, LEAVE),

        ROW(CHECK, DONE, END),
        ROW(CHECK, EJECT, EJECT),
        ROW(CHECK, FAILED, LEAVE),

        ROW(EJECT, DONE, END),
        ROW(EJECT, FAILED, LEAVE),
        STAYS(EJECT, STOP), /* no way back until the firmware answers; then it counts */

        ROW(STOP, WENT, LEAVE),
        ROW(STOP, FAILED, LEAVE),
        STAYS(STOP, NO_ROOM),
        STAYS(STOP, STOP),

        ROW(LEAVE, NOTHING, END),
        ROW(LEAVE, KEPT, END),
        ROW(LEAVE, GO_BACK, BACK),

        ROW(BACK, DONE, END),
        STAYS(BACK, STOP), /* it is on its way */
};

static const struct course_state states[_OFFLINE_STATE_MAX] = {
        [OFFLINE_RECOVER] = { "recover", NULL, offline_no_tick },
        [OFFLINE_PLAN] = { "plan", offline_plan, offline_plan_leave },
        [OFFLINE_BEGIN] = { "begin", offline_begin, offline_no_tick },
        [OFFLINE_PLACE] = { "place", offline_place, offline_place_leave },
        [OFFLINE_NEXT] = { "next", offline_next, NULL },
        [OFFLINE_FENCE] = { "fence", offline_fence, NULL },
        [OFFLINE_BLOCK] = { "block", offline_block, NULL },
        [OFFLINE_STUCK] = { "stuck", offline_find_out, offline_find_out_leave },
        [OFFLINE_SETTLE] = { "settle", offline_settle, NULL },
        [OFFLINE_WAIT] = { "wait", offline_wait, offline_no_tick },
        [OFFLINE_PACE] = { "pace", offline_pace, offline_no_tick },
        [OFFLINE_CHECK] = { "check", offline_check, NULL },
        [OFFLINE_EJECT] = { "eject", offline_eject, offline_eject_leave },
        [OFFLINE_STOP] = { "stop", offline_stop_write, NULL },
        [OFFLINE_LEAVE] = { "leave", offline_leave, NULL },
        [OFFLINE_BACK] = { "back", offline_back, NULL },
        [OFFLINE_END] = { "end", offline_end, NULL },
};

static const char *const events[_OFFLINE_EVENT_MAX] = {
        [OFFLINE_EVENT_PLAN] = "plan",
        [OFFLINE_EVENT_EJECT] = "eject",
        [OFFLINE_EVENT_GO_BACK] = "go-back",
        [OFFLINE_EVENT_PLANNED] = "planned",
        [OFFLINE_EVENT_REFUSED] = "refused",
        [OFFLINE_EVENT_BEGUN] = "begun",
        [OFFLINE_EVENT_PLACE] = "place",
        [OFFLINE_EVENT_FENCE] = "fence",
        [OFFLINE_EVENT_BLOCK] = "block",
        [OFFLINE_EVENT_ALL] = "all",
        [OFFLINE_EVENT_RAISED] = "raised",
        [OFFLINE_EVENT_NO_ROOM] = "no-room",
        [OFFLINE_EVENT_WENT] = "went",
        [OFFLINE_EVENT_NOT_EMPTY] = "not-empty",
        [OFFLINE_EVENT_FAILED] = "failed",
        [OFFLINE_EVENT_FOUND] = "found",
        [OFFLINE_EVENT_WAIT] = "wait",
        [OFFLINE_EVENT_GO_ON] = "go-on",
        [OFFLINE_EVENT_DONE] = "done",
        [OFFLINE_EVENT_NOTHING] = "nothing",
        [OFFLINE_EVENT_KEPT] = "kept",
        [OFFLINE_EVENT_STOP] = "stop",
};

const struct course_table offline_course = {
        .states = states,
        .n_states = _OFFLINE_STATE_MAX,
        .events = events,
        .n_events = _OFFLINE_EVENT_MAX,
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};
