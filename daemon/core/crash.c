/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/crash.h"

#if MEMCTL_CRASH_POINTS
#include "basic/number.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void crash_forget(void)
{
        const char *wanted = getenv("MEMCTL_CRASH");

        if (wanted && strncmp(wanted, "worker", strlen("worker")) == 0)
                (void) unsetenv("MEMCTL_CRASH");
}

void crash_at(enum crash_point point)
{
        static const char *const names[_CRASH_MAX] = {
                [CRASH_JOURNAL] = "journal",
                [CRASH_PLANNED] = "planned",
                [CRASH_LEASE] = "lease",
                [CRASH_FENCING] = "fencing",
                [CRASH_FENCED] = "fenced",
                [CRASH_OFFLINE] = "offline",
                [CRASH_OFFLINED] = "offlined",
                [CRASH_MARKED] = "marked",
                [CRASH_ALL_OFFLINE] = "all-offline",
                [CRASH_UNFENCED] = "unfenced",
                [CRASH_EJECT] = "eject",
                [CRASH_EJECTING] = "ejecting",
                [CRASH_ASKED] = "asked",
                [CRASH_EJECTED] = "ejected",
                [CRASH_ROLL_BACK] = "roll-back",
                [CRASH_ONLINE] = "online",
                [CRASH_ONLINED] = "onlined",
                [CRASH_POOL] = "pool",
                [CRASH_POOLED] = "pooled",
                [CRASH_FINISHED] = "finished",
                [CRASH_HISTORY] = "history",
                [CRASH_REMEMBERED] = "remembered",
                [CRASH_RECOVER] = "recover",
                [CRASH_RENEWED] = "renewed",
                [CRASH_WORKER_WRITE] = "worker-write",
                [CRASH_WORKER_WRITTEN] = "worker-written",
                [CRASH_WORKER_FENCE] = "worker-fence",
                [CRASH_WORKER_FENCED] = "worker-fenced",
        };
        static uint32_t passed;
        const char *wanted = getenv("MEMCTL_CRASH");
        size_t n = strlen(names[point]);
        uint32_t time = 1;

        if (!wanted || strncmp(wanted, names[point], n) != 0 || (wanted[n] != '\0' && wanted[n] != ':'))
                return;
        if (wanted[n] == ':' && parse_u32(wanted + n + 1, 10, &time) < 0)
                return;
        if (++passed != time)
                return;
        (void) fprintf(stderr, "crash at %s\n", wanted);
        (void) raise(SIGKILL);
}
#endif
