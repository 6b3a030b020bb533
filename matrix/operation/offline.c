/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A memory block of zone Movable goes offline, and comes back.
 */
#include "matrix/cell/operation.h"

#include "basic/cleanup.h"
#include "matrix/machine/attribute.h"
#include "matrix/machine/place.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#define BLOCK_MAX (UINT64_C(2) << 30)
#define PATIENCE  6 /* seconds; the kernel tries for ever */

static int prepare(char *note)
{
        uint64_t block;

        if (place_block_size() == 0) {
                (void) snprintf(note, NOTE_MAX, "the kernel has no memory hotplug");
                return -EOPNOTSUPP;
        }
        if (place_any_block(&block) && place_block_size() <= BLOCK_MAX)
                return 0;
        (void) snprintf(note, NOTE_MAX, "needs a removable memory block of zone Movable, of 2 GiB at most");
        return -ENODEV;
}

static void on_alarm(int number)
{
        (void) number;
}

/* The alarm comes again, should it come before the write has begun. */
static int write_patiently(const char *path)
{
        const struct sigaction action = { .sa_handler = on_alarm };
        const struct itimerval patience = { .it_value = { .tv_sec = PATIENCE },
                                            .it_interval = { .tv_sec = 1 } },
                               none = { 0 };
        int r;

        (void) sigaction(SIGALRM, &action, NULL);
        (void) setitimer(ITIMER_REAL, &patience, NULL);
        r = attribute_write(path, "offline");
        (void) setitimer(ITIMER_REAL, &none, NULL);
        return r;
}

/* On the machine. */
static bool has_poisoned(void)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/meminfo", "re");
        char line[128];
        unsigned long kib = 0;

        while (f && fgets(line, sizeof(line), f))
                if (sscanf(line, "HardwareCorrupted: %lu", &kib) == 1)
                        break;
        return kib > 0;
}

static void run(struct trial *trial)
{
        uint64_t pages = place_block_size() / trial->sample->page_size, start;
        char path[96];
        int r;

        if (has_poisoned()) {
                trial_not_tried(trial,
                                "a block with poisoned pages would not come back, and there are some");
                return;
        }
        if (!trial_most(trial, pages, place_block_may_go, &start)) {
                trial_not_tried(trial, "none of its pages are in a removable block of zone Movable");
                return;
        }
        (void) trial_aim(trial, start, start + pages);
        (void) snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%" PRIu64 "/state",
                        start / pages);
        r = setting_at_end_online(path);
        if (r >= 0)
                r = write_patiently(path);
        trial->evidence.error = -r;
        if (r == -EINTR)
                trial_note(trial, "given up after %d s", PATIENCE);
}

const struct operation operation_offline = {
        .name = "block_offline",
        .what = "takes a memory block of zone Movable offline and brings it back, once a kind",
        .seconds = 20,
        .prepare = prepare,
        .run = run,
};
