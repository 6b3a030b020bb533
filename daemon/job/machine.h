/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every job works on: the loop, the tree and the picture of it. One for the whole daemon; it outlives
 * all jobs.
 */
#ifndef MEMCTL_JOB_MACHINE_H
#define MEMCTL_JOB_MACHINE_H

#include "daemon/model/monitor.h"
#include "daemon/model/tree.h"

struct machine {
        sd_event *event;
        struct tree *tree;
        struct monitor *monitor;
};

/*
 * Has handler called again and again while the loop has nothing better to do: for long work in small pieces.
 * The source is the caller's. 0 or -errno.
 */
int machine_when_idle(struct machine *machine, sd_event_handler_t handler, void *userdata,
                      sd_event_source **ret);

#endif
