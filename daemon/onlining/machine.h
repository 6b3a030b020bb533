/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine's memory that is online, by zone.
 */
#ifndef MEMCTL_ONLINING_MACHINE_H
#define MEMCTL_ONLINING_MACHINE_H

#include "daemon/machine/snapshot.h"
#include "daemon/onlining/decide.h"

/* Where a block is that is online: one of several zones counts as the kernel's. */
enum online_target online_target_of(const struct memory_block *block);

/* cma_bytes: of CMA areas, which count as movable. Pure. */
struct online_machine online_machine_of(const struct snapshot *snapshot, uint64_t cma_bytes);

/* Bytes of CMA areas, of /proc/meminfo; 0: there is none. */
uint64_t online_cma_bytes(const struct tree *tree);

#endif
