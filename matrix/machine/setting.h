/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a run changes on the machine, and how it is put back: newest first, whoever ends first. The list is a
 * file that all processes of the run have mapped; whoever is left puts back what is on it, and should nobody
 * be left, the next run does. Its lock also keeps a second run out.
 */
#ifndef MEMCTL_MATRIX_MACHINE_SETTING_H
#define MEMCTL_MATRIX_MACHINE_SETTING_H

#include <stddef.h>
#include <stdint.h>

/* 0; -EBUSY: another run goes on; or -errno. What an earlier run has left is put back first. */
int setting_open(void);

/* Writes the value, unless it is there already; what was there comes back. 0 or -errno. */
int setting_write(const char *path, const char *value);

/* The same of a number that is to be raised by some. */
int setting_raise(const char *path, uint64_t by);

/* What is to be done at the end, announced before there is a need for it. 0 or -ENOSPC. */
int setting_at_end_write(const char *path, const char *value);
int setting_at_end_swapoff(const char *path);
int setting_at_end_unload(const char *module);
int setting_at_end_unpoison(uint64_t pfn);
int setting_at_end_online(const char *path); /* a memory block's state; in zone Movable */

/* Loads a module, which goes again at the end, unless it is there. 0, or -ENOENT: it cannot be loaded. */
int setting_load(const char *module);

/* How many entries there are. */
size_t setting_mark(void);

/* Puts back all behind that mark. Returns how many could not be; they stay on the list, and are told. */
size_t setting_put_back(size_t mark);

/* What could not be put back, one after the other; NULL behind the last. */
const char *setting_left(size_t i);

/* All is put back, and the list goes away. */
void setting_close(void);

#endif
