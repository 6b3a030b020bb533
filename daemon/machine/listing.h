/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Folders of sysfs whose entries are a word and a number: memory32, node0, mc1, dimm3.
 */
#ifndef MEMCTL_MACHINE_LISTING_H
#define MEMCTL_MACHINE_LISTING_H

#include <stdint.h>

/* A negative return ends the listing and becomes its result. */
typedef int (*listing_handler_t)(void *userdata, uint32_t number);

/*
 * Calls handler for each entry of dirfd/path that is word and a canonical decimal number of 32 bits, in no
 * order; other entries are passed over. 0, what the handler returned, or -errno when the folder cannot be
 * opened.
 */
int list_numbered(int dirfd, const char *path, const char *word, listing_handler_t handler, void *userdata);

#endif
