/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One cell: in a process of its own, with a time limit, and with all put back behind it.
 */
#ifndef MEMCTL_MATRIX_PROBE_H
#define MEMCTL_MATRIX_PROBE_H

#include "matrix/cell/operation.h"

#include <signal.h>

/*
 * seconds: of the whole run that are left. What was seen; where the process cannot be started, that it was
 * not tried.
 */
struct evidence probe(const struct kind *kind, const struct operation *operation, double seconds);

/* The run is to end: set by a handler of one of these signals. */
extern volatile sig_atomic_t probe_is_over;
static const int probe_ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#endif
