/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/lag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Of the one loop that a process runs. */
static struct {
        char what[128];
        uint64_t longest_usec;
        char longest_what[128];
} lag;

static uint64_t usec_of(clockid_t clock)
{
        struct timespec now;

        (void) clock_gettime(clock, &now);
        return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

void lag_note(const char *what, const char *whom)
{
        (void) snprintf(lag.what, sizeof(lag.what), "%s%s%s", what, whom ? " of " : "", whom ? whom : "");
}

uint64_t lag_longest(const char **ret_what)
{
        *ret_what = lag.longest_what;
        return lag.longest_usec;
}

static int dispatch(sd_event *event, bool tell)
{
        uint64_t start = usec_of(CLOCK_MONOTONIC), cpu = usec_of(CLOCK_THREAD_CPUTIME_ID), took;
        int r;

        lag.what[0] = '\0';
        r = sd_event_dispatch(event);
        took = usec_of(CLOCK_MONOTONIC) - start;
        if (took > lag.longest_usec) {
                lag.longest_usec = took;
                memcpy(lag.longest_what, lag.what, sizeof(lag.longest_what));
        }
        /* processor time tells whether the loop was at work, or waited, or others had the processor */
        if (tell && took > LAG_MAX_USEC)
                (void) fprintf(stderr,
                               "memctld: the loop was away for %" PRIu64 " ms (%" PRIu64
                               " ms of processor time): %s\n",
                               took / 1000, (usec_of(CLOCK_THREAD_CPUTIME_ID) - cpu) / 1000,
                               lag.what[0] ? lag.what : "not noted");
        return r;
}

int lag_loop(sd_event *event, bool tell)
{
        int code = 0, r;

        while (sd_event_get_state(event) != SD_EVENT_FINISHED) {
                r = sd_event_prepare(event);
                if (r == 0)
                        r = sd_event_wait(event, UINT64_MAX);
                if (r > 0)
                        r = dispatch(event, tell);
                if (r < 0)
                        return r;
        }
        r = sd_event_get_exit_code(event, &code);
        return r < 0 ? r : code;
}
