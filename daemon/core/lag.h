/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the loop, and measures how long it is away: from an event's dispatch to its end nobody else is
 * served.
 */
#ifndef MEMCTL_CORE_LAG_H
#define MEMCTL_CORE_LAG_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

/* No dispatch is to take longer. */
#define LAG_MAX_USEC (50 * UINT64_C(1000))

/* As sd_event_loop(). tell: a dispatch that takes too long is told on stderr. */
int lag_loop(sd_event *event, bool tell);

/* What is being dispatched, for people, said by whoever knows it at the beginning: "WHAT of WHOM", or with
 * NULL "WHAT". */
void lag_note(const char *what, const char *whom);

/* The longest dispatch so far, in microseconds, and what it was ("" where nobody said). */
uint64_t lag_longest(const char **ret_what);

#endif
