/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/first.h"

#include "basic/saturated.h"

/* Of all pages in use, so many may move twice: one in so many. */
#define TWICE_SHARE 256U

void first_decide(const struct offline_request *request, struct offline_plan *plan)
{
        uint64_t moved = 0, most = plan->pages_in_use / TWICE_SHARE;

        if (!plan->fence || !plan->usage_known || request->options.rate > 0 ||
            request->options.max_pause_usec > 0)
                return;
        for (size_t i = 0; i < plan->n_steps; i++) {
                moved = add_saturated(moved, plan->steps[i].pages_in_use);
                if (moved > most)
                        return;
                plan->steps[i].unfenced = true;
        }
}
