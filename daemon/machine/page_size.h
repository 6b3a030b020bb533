/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The size of a base page of the machine that a tree is of: a tree may come from another kind of machine.
 */
#ifndef MEMCTL_MACHINE_PAGE_SIZE_H
#define MEMCTL_MACHINE_PAGE_SIZE_H

#include <stdint.h>

/*
 * Bytes, a power of two from 4096 to 1 MiB, by what the files below root_fd count both in bytes and in
 * pages: all memory (MemTotal of the nodes, else of proc/meminfo, beside the zones' managed pages), else the
 * length of proc/kpageflags beside the highest block, else smaller figures of proc/meminfo beside those of
 * proc/vmstat. 0 where none of these is there, or they contradict one another.
 */
uint64_t page_size_find(int root_fd);

#endif
