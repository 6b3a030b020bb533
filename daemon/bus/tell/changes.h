/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What follows from many blocks that change, sums of DIMMs and of the machine, told to listeners a few times
 * a second and not for each block.
 */
#ifndef MEMCTL_BUS_CHANGES_H
#define MEMCTL_BUS_CHANGES_H

#include "basic/cleanup.h"

struct changes;
struct server;

int changes_new(struct server *server, struct changes **ret);
struct changes *changes_free(struct changes *changes);
DEFINE_CLEANUP(struct changes *, changes_free)

/* Figures of the machine have changed, and those of a DIMM, unless dimm is NULL (copied). */
void changes_note(struct changes *changes, const char *dimm);

#endif
