/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memory is to be reserved: of reserver.h, for those who need not know how.
 */
#ifndef MEMCTL_MODULE_RESERVER_WISH_H
#define MEMCTL_MODULE_RESERVER_WISH_H

#include "basic/command.h"
#include "basic/pfn_range.h"
#include "basic/reservation_name.h"
#include "uapi/memctl_contig.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ranges that one request leaves out, so that it fits into a message; at most MEMCTL_EXCLUDE_MAX. */
#define RESERVER_EXCLUDE_MAX 128

_Static_assert(RESERVER_EXCLUDE_MAX <= MEMCTL_EXCLUDE_MAX, "memctl.ko takes no more");

struct reserver_wish {
        uint64_t pages, align;                          /* align: pages, a power of two */
        int node;                                       /* -1: any */
        bool movable_zone;                              /* only from zone Movable */
        char name[RESERVATION_NAME_SIZE];               /* "": none */
        char area[RESERVATION_AREA_SIZE];               /* "": any movable memory */
        struct pfn_range exclude[RESERVER_EXCLUDE_MAX]; /* ascending, apart */
        size_t n_exclude;
        uint32_t pid; /* of the process that it is for; 0: not known, it is told to be for the caller */
        char command[COMMAND_SIZE]; /* with a pid */
};

#endif
