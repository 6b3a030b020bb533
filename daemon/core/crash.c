/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/crash.h"

#if MEMCTL_CRASH_POINTS
#include "basic/cleanup.h"
#include "basic/number.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const variables[] = { "MEMCTL_CRASH", "MEMCTL_HOLD" };

void crash_forget(void)
{
        for (size_t i = 0; i < ELEMENTSOF(variables); i++) {
                const char *wanted = getenv(variables[i]);

                if (wanted && strncmp(wanted, "worker", strlen("worker")) == 0)
                        (void) unsetenv(variables[i]);
        }
}

/* The environment names this point, and this is the time that it names. */
static bool is_named(const char *wanted, const char *name, uint32_t *passed)
{
        size_t n = strlen(name);
        uint32_t time = 1;

        if (!wanted || strncmp(wanted, name, n) != 0 || (wanted[n] != '\0' && wanted[n] != ':'))
                return false;
        if (wanted[n] == ':' && parse_u32(wanted + n + 1, 10, &time) < 0)
                return false;
        return ++*passed == time;
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
        static uint32_t crash_passed, hold_passed;

        if (is_named(getenv("MEMCTL_CRASH"), names[point], &crash_passed)) {
                (void) fprintf(stderr, "crash at %s\n", getenv("MEMCTL_CRASH"));
                (void) raise(SIGKILL);
        }
        if (is_named(getenv("MEMCTL_HOLD"), names[point], &hold_passed))
                (void) raise(SIGSTOP);
}
#endif
