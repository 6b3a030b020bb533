/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the policy says on stderr, which systemd puts into the journal.
 */
#ifndef MEMCTL_POLICY_SAY_H
#define MEMCTL_POLICY_SAY_H

#include "daemon/plan/compact.h"
#include "daemon/policy/judge.h"

void policy_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The configuration that is in force now. */
void policy_say_config(const struct compaction_config *config);

/* A node's state, and all that it follows from. */
void policy_say_state(const struct policy_view *view);

/* What has come of an attempt. */
void policy_say_outcome(int node, const struct compaction_outcome *outcome,
                        const struct compact_slice *slice);
void policy_say_failed(int node, int error, const char *message);

#endif
