/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a whole snapshot.
 */
#ifndef MEMCTL_MACHINE_SNAPSHOT_READ_H
#define MEMCTL_MACHINE_SNAPSHOT_READ_H

#include "daemon/machine/snapshot.h"

/*
 * Reads the whole tree. Large machines (block_read_threads() in block.c) are read by two threads, which are
 * gone on return. A broken block is kept as BLOCK_UNKNOWN and named in problems; one that vanishes during
 * the read is left out. Fails with -errno and *message set only where nothing can be said at all: no
 * block_size_bytes, or one that is no power of two.
 */
int snapshot_read(struct tree *tree, struct snapshot **ret, char **message);

#endif
