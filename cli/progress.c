/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/progress.h"

#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

#define BAR_WIDTH 24

static bool drawn;

void progress_clear(void)
{
        if (drawn)
                (void) fputs("\r\033[K", stderr);
        drawn = false;
}

void progress_draw(json_object *job)
{
        uint64_t total = value_number(job, "BlocksTotal"), done = value_number(job, "BlocksDone");
        uint64_t current = value_number(job, "CurrentBlock");
        const char *state = value_text(job, "State");
        char bar[BAR_WIDTH + 1];
        size_t filled;

        if (!isatty(STDERR_FILENO) || strcmp(state, MEMCTL_JOB_FINISHED) == 0)
                return;

        filled = total > 0 && done <= total ? (size_t) (done * BAR_WIDTH / total) : 0;
        memset(bar, '#', filled);
        memset(bar + filled, '.', BAR_WIDTH - filled);
        bar[BAR_WIDTH] = '\0';

        (void) fprintf(stderr, "\r\033[K%s  %s  [%s] %" PRIu64 "/%" PRIu64 " blocks",
                       value_text(job, "Target"), state, bar, done, total);
        if (current != MEMCTL_NONE)
                (void) fprintf(stderr, "  block %" PRIu64, current);
        (void) fprintf(stderr, "  %" PRIu64 " pages moved", value_number(job, "PagesMigrated"));
        (void) fflush(stderr);
        drawn = true;
}
