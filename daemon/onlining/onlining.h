/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Brings new memory online by itself, where the configuration says so: blocks that came since memctld was
 * here first, and no others. What it decides (decide.h) is carried out by jobs as if somebody had asked for
 * them, and said on stderr.
 */
#ifndef MEMCTL_ONLINING_ONLINING_H
#define MEMCTL_ONLINING_ONLINING_H

#include "daemon/job/registry.h"
#include "daemon/onlining/handled.h"
#include "daemon/onlining/reading.h"

struct onlining;

/*
 * acts: it is the service's, reads its files at once, and acts. Else it does nothing but answer. 0 or
 * -errno.
 */
int onlining_new(struct machine *machine, struct registry *registry, bool acts, struct onlining **ret);
struct onlining *onlining_free(struct onlining *onlining);
DEFINE_CLEANUP(struct onlining *, onlining_free)

/* Reads its files again. Where there is a fault in them, what was in force before stays so. */
void onlining_reload(struct onlining *onlining);

/* No job is started any more; what is not dealt with is left to the next memctld. */
void onlining_stop(struct onlining *onlining);

/* To be told of each change of the machine, and of each job. */
void onlining_on_change(struct onlining *onlining, enum monitor_change change, uint32_t block);
void onlining_on_job(struct onlining *onlining, const struct job *job);

/* What somebody has just read, or set and read: with it, it goes on. */
void onlining_take(struct onlining *onlining, const struct onlining_read *read);

/* What is in force and known; points into it. */
struct onlining_view {
        bool acts, has_config;
        const struct online_config *config;
        const char *fault;         /* of the files, of which an older state is in force; NULL: none */
        const char *setting_fault; /* why auto_online_blocks is not as it is to be; NULL: it is */
        const struct handled_list *handled;
};

struct onlining_view onlining_view(const struct onlining *onlining);

#endif
