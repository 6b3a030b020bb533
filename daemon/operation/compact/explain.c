/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in the way.
 */
#include "daemon/operation/compact/compact.h"

static void on_reason(void *userdata, const struct reason *reason)
{
        struct compacting *compacting = userdata;

        job_reason(compacting->job, reason);
}

static void on_note(void *userdata, const char *text)
{
        struct compacting *compacting = userdata;

        job_note(compacting->job, "%s", text);
}

static void on_done(void *userdata)
{
        compact_post(userdata, COMPACT_EVENT_EXPLAINED);
}

int compact_explain(void *userdata)
{
        static const struct in_the_way_owner owner = { on_reason, on_note, on_done };
        struct compacting *compacting = userdata;

        return in_the_way_new(compacting->machine, compacting->options.node, &owner, compacting,
                              &compacting->in_the_way) < 0
                       ? (int) COMPACT_EVENT_EXPLAINED
                       : COURSE_LATER;
}

void compact_end_explain(void *userdata)
{
        struct compacting *compacting = userdata;

        compacting->in_the_way = in_the_way_free(compacting->in_the_way);
}
