/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has memctl.ko empty places in which little is in use, so that they become large free pieces.
 */
#ifndef MEMCTL_MODULE_COMPACT_H
#define MEMCTL_MODULE_COMPACT_H

#include "uapi/memctl_compact.h"

#include <netlink/msg.h>
#include <stdbool.h>
#include <stdint.h>

struct compaction_wish {
        unsigned int order; /* of the pieces */
        int node;           /* -1: any */
        uint64_t places;    /* to be emptied at most; 0: all that can be */
        uint32_t dearest;   /* pages in use in a place at most; 0: any number */
        uint64_t cursor;    /* where an earlier one was; 0: from the beginning */
};

/* How far it is. */
struct compaction_step {
        uint64_t emptied;            /* places */
        uint64_t moved;              /* pages */
        uint64_t failed;             /* places tried in vain */
        uint64_t cursor;             /* where a later one may go on */
        enum memctl_compact_end end; /* 0: it goes on */
};

/* One message of the answer. 0, or -EBADMSG with *message set. */
int compaction_parse(struct nlmsghdr *header, struct compaction_step *ret, char **message);

/*
 * Compacts until memctl.ko is at its end, or go_on() says no: it is asked behind each step, some quarter of
 * a second each. Blocks; for a helper. 0 and *ret, of the last step, which is meaningful with an error, too;
 * -EOPNOTSUPP: memctl.ko is not loaded, or this kernel cannot; or -errno; with *message set, or NULL.
 */
int compaction_run(const struct compaction_wish *wish,
                   bool (*go_on)(const struct compaction_step *step, void *userdata), void *userdata,
                   struct compaction_step *ret, char **message);

#endif
