/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compacts by itself, where the configuration says so: looks every few seconds, and has one node compacted
 * for a part of a second where that is wanted (decide.h). What it decides is said on stderr with what it was
 * decided by, each change once.
 */
#ifndef MEMCTL_POLICY_POLICY_H
#define MEMCTL_POLICY_POLICY_H

#include "daemon/job/registry.h"
#include "daemon/policy/judge.h"
#include "daemon/policy/reading.h"
#include "daemon/policy/trail.h"

struct policy;

/*
 * acts: it is the service's, reads its files at once, and acts. Else it does nothing but answer. 0 or
 * -errno.
 */
int policy_new(struct machine *machine, struct registry *registry, bool acts, struct policy **ret);
struct policy *policy_free(struct policy *policy);
DEFINE_CLEANUP(struct policy *, policy_free)

/* Reads its files again. Where there is a fault in them, what was in force before stays so. */
void policy_reload(struct policy *policy);

/* What somebody has just read, or set and read: with it, it goes on. */
void policy_take(struct policy *policy, const struct policy_read *read);

/* What somebody has just seen, to be kept. */
void policy_saw(struct policy *policy, const struct compaction_look *look);
const struct trail *policy_trail(const struct policy *policy);

bool policy_acts(const struct policy *policy);

/* Whether it has read its files, so that there is something in force. */
bool policy_has_config(const struct policy *policy);

/* The look before, for a reading; NULL: there is none. */
const struct compaction_look *policy_last_look(const struct policy *policy);

/* A copy of what is in force and remembered. */
void policy_copy_state(const struct policy *policy, struct policy_state *ret);

/* What is wrong with the files, of which an older state is in force; NULL: nothing. */
const char *policy_fault(const struct policy *policy);

/* What of the kernel's settings could not be set, and why; NULL: nothing. */
const char *policy_vm_fault(const struct policy *policy);

/* The moment of a look, now. */
struct policy_moment policy_now(const struct policy *policy, bool as_if);

#endif
