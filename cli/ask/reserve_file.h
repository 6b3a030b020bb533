/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file of /etc/memctl/reserve.d: what memory is to be reserved, and by what name.
 *
 *     [Reservation]
 *     Name=camera
 *     Size=64M
 *     Align=2M
 *
 * Name and Size are needed; Align, Node, Area and Movable (yes or no) are as the options of cma reserve. Or
 * what is to be kept ready, as cma warm does:
 *
 *     [Warm]
 *     Size=128M
 *     Node=0
 *
 * Size is needed. A line that begins with # or ; is a comment. Anything else is an error.
 */
#ifndef MEMCTL_CLI_ASK_RESERVE_FILE_H
#define MEMCTL_CLI_ASK_RESERVE_FILE_H

#include "basic/reservation_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a file at most. */
#define RESERVE_FILE_MAX 65536

struct reserve_file {
        bool warm; /* with size and node alone */
        char name[RESERVATION_NAME_SIZE];
        char area[RESERVATION_AREA_SIZE]; /* "": none */
        uint64_t size, align;             /* bytes; align: 0: none */
        int node;                         /* -1: any */
        bool movable;
};

/*
 * text has size bytes and a NUL behind them; path is for the message: "PATH:LINE: what is wrong". 0; or
 * -EINVAL with *message set and *ret as it was; or -ENOMEM.
 */
int reserve_file_parse(const char *path, const char *text, size_t size, struct reserve_file *ret,
                       char **message);

#endif
