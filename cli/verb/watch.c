/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/watch.h"

#include "basic/clock.h"
#include "cli/show/output.h"

#include <time.h>

void watch_keep(struct watch *watch, json_object *answer)
{
        json_object_put(watch->before);
        watch->before = json_object_get(answer);
}

int watch_run(struct context *context, int (*look)(struct context *context, struct watch *watch))
{
        static const struct timespec pause = { .tv_sec = 1 };
        bool screen = context->output == OUTPUT_TEXT && isatty(STDOUT_FILENO);
        struct watch watch = { .at = clock_nsec(CLOCK_MONOTONIC) };
        int status = EXIT_DONE;

        context->no_pager = true;
        for (bool first = true; status == EXIT_DONE; first = false) {
                uint64_t before = watch.at;

                if (!first)
                        (void) nanosleep(&pause, NULL);
                watch.at = clock_nsec(CLOCK_MONOTONIC);
                watch.seconds = (double) (watch.at - before) / 1e9;
                if (screen)
                        (void) fputs("\033[H\033[J", stdout);
                else if (!first && context->output == OUTPUT_TEXT)
                        (void) putchar('\n');
                status = look(context, &watch);
                if (status == EXIT_DONE)
                        status = output_finish();
        }
        json_object_put(watch.before);
        return status;
}
