/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DAMON moves what it finds cold to another node: a scheme of migrate_cold for the memory where the pages
 * lie, of which any pattern of access is cold enough.
 */
#include "matrix/cell/operation.h"

#include "matrix/machine/attribute.h"
#include "matrix/machine/place.h"
#include "matrix/machine/setting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ADMIN   "/sys/kernel/mm/damon/admin/kdamonds"
#define CONTEXT ADMIN "/0/contexts/0"
#define SCHEME  CONTEXT "/schemes/0"
#define PIECE   512 /* pages */
#define STAT    "/sys/module/damon_stat/parameters/enabled"
#define TRIES   30 /* times 50 ms */

static int prepare(char *note)
{
        if (!attribute_exists(ADMIN "/nr_kdamonds")) {
                (void) snprintf(note, NOTE_MAX, "the kernel has no DAMON with a sysfs interface");
                return -EOPNOTSUPP;
        }
        if (attribute_number(ADMIN "/nr_kdamonds", 10) > 0) {
                (void) snprintf(note, NOTE_MAX, "somebody uses DAMON");
                return -EBUSY;
        }
        if (place_other(place_home()) < 0) {
                (void) snprintf(note, NOTE_MAX, "needs two nodes with free memory");
                return -ENODEV;
        }
        /* it lets nobody else use DAMON */
        if (attribute_exists(STAT) && setting_write(STAT, "N") < 0) {
                (void) snprintf(note, NOTE_MAX, "DAMON_STAT uses DAMON, and cannot be turned off");
                return -EBUSY;
        }
        return 0;
}

struct line {
        const char *path, *value;
};

static int write_all(const struct line *lines)
{
        for (; lines->path; lines++) {
                int r = attribute_write(lines->path, lines->value);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int write_scheme(uint64_t start, uint64_t end)
{
        static const struct line first[] = {
                { ADMIN "/nr_kdamonds", "1" },
                { ADMIN "/0/contexts/nr_contexts", "1" },
                { CONTEXT "/operations", "paddr" },
                { CONTEXT "/monitoring_attrs/intervals/sample_us", "5000" },
                { CONTEXT "/monitoring_attrs/intervals/aggr_us", "50000" },
                { CONTEXT "/monitoring_attrs/intervals/update_us", "1000000" },
                { CONTEXT "/targets/nr_targets", "1" },
                { CONTEXT "/targets/0/regions/nr_regions", "1" },
                { CONTEXT "/schemes/nr_schemes", "1" },
                { NULL, NULL },
        };
        static const struct line last[] = {
                { SCHEME "/access_pattern/sz/max", "18446744073709551615" },
                { SCHEME "/access_pattern/nr_accesses/max", "4294967295" },
                { SCHEME "/access_pattern/age/max", "4294967295" },
                { NULL, NULL },
        };
        int r;

        r = setting_at_end_write(ADMIN "/nr_kdamonds", "0");
        if (r >= 0)
                r = write_all(first);
        if (r >= 0)
                r = attribute_printf(CONTEXT "/targets/0/regions/0/start", "%" PRIu64, start);
        if (r >= 0)
                r = attribute_printf(CONTEXT "/targets/0/regions/0/end", "%" PRIu64, end);
        return r < 0 ? r : write_all(last);
}

/* Whether this kernel's DAMON has the action. */
static int write_action(const struct trial *trial)
{
        int r;

        r = attribute_write(SCHEME "/action", "migrate_cold");
        return r < 0 ? r : attribute_printf(SCHEME "/target_nid", "%d", trial_target(trial, NULL));
}

static bool have_moved(const struct trial *trial)
{
        const struct sample *sample = trial->sample;

        if (sample->kind->find)
                return false;
        if (pages_look(sample->memory, sample->n, trial->after) < 0)
                return true;
        for (size_t i = 0; i < sample->n; i++)
                if (trial->aimed[i] && trial->after[i].pfn == trial->before[i].pfn)
                        return false;
        return true;
}

static int run_scheme(const struct trial *trial)
{
        int r;

        r = setting_at_end_write(ADMIN "/0/state", "off");
        if (r >= 0)
                r = attribute_write(ADMIN "/0/state", "on");
        for (int i = 0; r >= 0 && i < TRIES && !have_moved(trial); i++)
                (void) usleep(50000);
        if (r >= 0)
                (void) attribute_write(ADMIN "/0/state", "off");
        return r;
}

static void run(struct trial *trial)
{
        uint64_t start, pages = PIECE, size = trial->sample->page_size;
        int r;

        if (trial->sample->kind->order > 9)
                pages = UINT64_C(1) << trial->sample->kind->order;
        if (!trial_most(trial, pages, NULL, &start)) {
                trial_not_tried(trial, "where its pages lie is not known");
                return;
        }
        (void) trial_aim(trial, start, start + pages);
        r = write_scheme(start * size, (start + pages) * size);
        if (r >= 0 && write_action(trial) < 0) {
                trial->evidence.ending = ENDING_NOT_SUPPORTED;
                trial_note(trial, "this kernel's DAMON does not migrate");
                return;
        }
        if (r >= 0)
                r = run_scheme(trial);
        trial->evidence.error = -r;
}

const struct operation operation_damos = {
        .name = "damos",
        .what = "has DAMON move the pages to another node (migrate_cold)",
        .traits = OPERATION_PARTLY,
        .seconds = 15,
        .prepare = prepare,
        .run = run,
};
