/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is said on stderr, which systemd puts into the journal: each decision once, with what it follows
 * from.
 */
#ifndef MEMCTL_ONLINING_SAY_H
#define MEMCTL_ONLINING_SAY_H

#include "daemon/onlining/handled.h"

void onlining_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The configuration that is in force now. */
void onlining_say_config(const struct online_config *config);

/* What was decided, and what the machine was like. */
void onlining_say_decision(const struct handled *handled, const struct online_machine *machine);

/* What came of it later. */
void onlining_say_outcome(const struct handled *handled);

#endif
