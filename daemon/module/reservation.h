/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reservations of contiguous memory, as memctl.ko tells of them (uapi/memctl_contig.h). reserver.h makes and
 * ends them, reserving.h does so for a loop.
 */
#ifndef MEMCTL_MODULE_RESERVATION_H
#define MEMCTL_MODULE_RESERVATION_H

#include "basic/command.h"
#include "daemon/machine/tree.h"
#include "daemon/module/netlink.h"
#include "daemon/module/reserver_wish.h"
#include "uapi/memctl.h"

#include <stddef.h>
#include <stdint.h>

#define RESERVATION_ZONE_SIZE 16

struct reservation {
        uint64_t id;                      /* not 0 */
        char name[RESERVATION_NAME_SIZE]; /* "": it ends with the socket that it was made on */
        char area[RESERVATION_AREA_SIZE]; /* of CMA; "": it is in none */
        uint64_t start_pfn, pages, align; /* align: pages, as asked for */
        uint32_t node;
        char zone[RESERVATION_ZONE_SIZE];
        uint32_t pid;                  /* of whom it is for, else of who asked memctl.ko */
        char command[COMMAND_SIZE]; /* printable ASCII, may be empty */
        uint64_t held_nsecs;
        uint64_t moved; /* pages that had to move for it, or were dropped */
};

struct reservation_list {
        struct reservation *items; /* oldest first */
        size_t n;
};

/*
 * 1: they are listed; 0 and an empty list: memctl.ko is not loaded, or the tree is not the running
 * machine's; -errno with *message set (NULL when memory is short). A module that knows of no reservations
 * has none.
 */
int reservation_list_read(const struct tree *tree, struct reservation_list *ret, char **message);
void reservation_list_clear(struct reservation_list *list);

/* NULL: none has that number; none has that name, which is not "". */
const struct reservation *reservation_find(const struct reservation_list *list, uint64_t id);
const struct reservation *reservation_find_name(const struct reservation_list *list, const char *name);

/* As people name it: id 0: the name counts. */
const struct reservation *reservation_find_key(const struct reservation_list *list, uint64_t id,
                                               const char *name);

/* How far a search for a place is. */
struct reservation_step {
        uint64_t moved;          /* pages, so far */
        uint64_t failed;         /* places tried in vain, so far */
        struct reservation made; /* id 0: not yet */
};

/*
 * The answers to MEMCTL_C_RESERVATION and to MEMCTL_C_RESERVE. 0, or -EBADMSG with *message set and *ret as
 * it was.
 */
int reservation_parse(struct nlmsghdr *header, struct reservation *ret, char **message);
int reservation_parse_step(struct nlmsghdr *header, struct reservation_step *ret, char **message);

#endif
