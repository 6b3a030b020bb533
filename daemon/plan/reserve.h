/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether memory can be reserved as somebody asks for it, as far as that is known before a place is looked
 * for. Pure.
 */
#ifndef MEMCTL_PLAN_RESERVE_H
#define MEMCTL_PLAN_RESERVE_H

#include "daemon/machine/snapshot.h"
#include "daemon/module/reserver_wish.h"

struct reserve_request {
        uint64_t size;    /* bytes */
        uint64_t align;   /* bytes; 0: a page */
        int node;         /* NODE_NONE: any */
        bool movable;     /* only from zone Movable */
        const char *name; /* NULL: it ends with who asks */
        const char *area; /* NULL: any movable memory */
};

/*
 * The request in pages, without ranges to leave out. 0; -EINVAL: a number or a name; -ENOSPC: so much memory
 * is not there; each with *message set, that names the input and what is accepted.
 */
int reserve_judge(const struct snapshot *snapshot, uint64_t page_size, const struct reserve_request *request,
                  struct reserver_wish *ret, char **message);

/*
 * A reservation as people name it: its name, or its number. *ret_id is 0 for a name. 0, or -EINVAL with
 * *message set.
 */
int reserve_parse_key(const char *text, uint64_t *ret_id, char **message);

/* Nothing has that name or number: -ENOENT and *message. */
int reserve_no_such(const char *key, char **message);

#endif
