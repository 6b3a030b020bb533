/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plans and jobs of one object, a DIMM or a node: the methods of both have the same form.
 */
#ifndef MEMCTL_CLI_VERB_OBJECT_H
#define MEMCTL_CLI_VERB_OBJECT_H

#include "cli/run/context.h"

struct object {
        const char *path, *interface;
        const char *name; /* for people */
};

/* Asks for its Plan with the options given, and prints it. An exit status. */
int object_plan(struct context *context, const struct object *object);

/*
 * For a tree, which is never changed: whether the plan refuses what was asked for. Then the reasons are
 * printed as of a plan, and *refused is set. ranges: of blocks, for Manager.PlanBlocks; NULL: the object's
 * own Plan. An exit status.
 */
int object_refuse(struct context *context, const struct object *object, char **ranges, bool *refused);

/* Calls the method with the options given, which starts a job, and follows that to its end. An exit status.
 */
int object_start(struct context *context, const struct object *object, const char *method);

#endif
