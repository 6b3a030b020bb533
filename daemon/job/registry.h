/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All jobs of the daemon: gives out their numbers, keeps two from working on the same memory, remembers the
 * finished ones for a while.
 */
#ifndef MEMCTL_JOB_REGISTRY_H
#define MEMCTL_JOB_REGISTRY_H

#include "daemon/core/claims.h"
#include "daemon/job/job.h"
#include "daemon/plan/verb.h"

/* Finished jobs kept. */
#define REGISTRY_FINISHED_MAX 64

struct registry;

typedef void (*registry_handler_t)(void *userdata, struct job *job, bool is_new, bool is_gone);

int registry_new(struct machine *machine, registry_handler_t handler, void *userdata, struct registry **ret);
struct registry *registry_free(struct registry *registry);
DEFINE_CLEANUP(struct registry *, registry_free)

/*
 * From now on finished jobs are kept in files (past.h), and those that are there already are known, with
 * their numbers; before any other is started. *problems: as past_load(). 0, or -errno, and then none is
 * known.
 */
int registry_keep(struct registry *registry, char **problems);

/* What a job works on, from its start until it is finished. */
struct registry_claim {
        enum claim_mode mode;
        const struct pfn_range *ranges; /* ascending, apart */
        size_t n_ranges;
};

/* Whether it could be had now: 0, or -EBUSY with *message set, which names the job in the way. */
int registry_check(struct registry *registry, const struct registry_claim *claim, char **message);

/*
 * Starts a job; its work is the registry's from here on, whatever this returns. -EBUSY with *message set
 * when another running job works on the same memory; -EMFILE when too many jobs run at once.
 */
int registry_start(struct registry *registry, const struct job_request *request,
                   const struct registry_claim *claim, struct job **ret, char **message);

/* Whether such a claim could not be had now. */
bool registry_is_claimed(const struct registry *registry, enum claim_mode mode, struct pfn_range range);

/* claims_list() of what running jobs have. */
int registry_list_claims(const struct registry *registry, enum claim_mode mode, struct pfn_range **ret,
                         size_t *ret_n);

struct job *registry_find(struct registry *registry, uint32_t id);
size_t registry_count(const struct registry *registry);
size_t registry_count_running(const struct registry *registry);
/* Jobs of that verb that have ended so since the daemon began; those of an earlier one are not counted. */
uint64_t registry_count_ended(const struct registry *registry, enum job_verb verb, enum job_result result);

/* index < registry_count(), ascending by id. */
struct job *registry_get(const struct registry *registry, size_t index);

/* Cancels every job that can be. */
void registry_cancel_all(struct registry *registry);

#endif
