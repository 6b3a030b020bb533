/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/offline_plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void offline_plan_clear(struct offline_plan *plan)
{
        for (char **note = plan->notes; note && *note; note++)
                free(*note);
        free(plan->notes);
        free(plan->steps);
        free(plan->take);
        reason_list_clear(&plan->reasons);
        *plan = (struct offline_plan){ 0 };
}

int plan_note(struct offline_plan *plan, const char *format, ...)
{
        size_t n = 0;
        char **notes;
        va_list ap;
        int r;

        while (plan->notes && plan->notes[n])
                n++;
        notes = reallocarray(plan->notes, n + 2, sizeof(*notes));
        if (!notes)
                return -ENOMEM;
        plan->notes = notes;
        va_start(ap, format);
        r = vasprintf(&notes[n], format, ap);
        va_end(ap);
        if (r < 0)
                notes[n] = NULL;
        notes[n + 1] = NULL;
        return r < 0 ? -ENOMEM : 0;
}
