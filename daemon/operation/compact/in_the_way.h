/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in the way of large pieces: whose pages do not move, those with most of them first. Of a large
 * machine a sample is looked at. A part: it owns its fields, tells its owner, and reports once.
 */
#ifndef MEMCTL_OPERATION_COMPACT_IN_THE_WAY_H
#define MEMCTL_OPERATION_COMPACT_IN_THE_WAY_H

#include "daemon/machine/machine.h"
#include "daemon/plan/reason.h"

struct in_the_way;

struct in_the_way_owner {
        void (*reason)(void *userdata, const struct reason *reason);
        void (*note)(void *userdata, const char *text);
        void (*done)(void *userdata); /* the part may be freed from within */
};

/* Of a node's memory (-1: of all). owner must stay. 0; -ENODATA: nothing is online there; or another -errno.
 */
int in_the_way_new(struct machine *machine, int node, const struct in_the_way_owner *owner, void *userdata,
                   struct in_the_way **ret);

/* Ends what is under way. */
struct in_the_way *in_the_way_free(struct in_the_way *in_the_way);
DEFINE_CLEANUP(struct in_the_way *, in_the_way_free)

#endif
