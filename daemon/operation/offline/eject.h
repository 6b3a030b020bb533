/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the firmware to eject an offline DIMM, and waits until its blocks are gone: the kernel only queues
 * the request and says nothing about how it went.
 */
#ifndef MEMCTL_OPERATION_OFFLINE_EJECT_H
#define MEMCTL_OPERATION_OFFLINE_EJECT_H

#include "daemon/journal/journal.h"
#include "daemon/machine/machine.h"
#include "daemon/plan/range.h"
#include "daemon/plan/reason.h"

/* Time without a further block gone, after which it is given up; microseconds. */
#define EJECT_WAIT_USEC (30 * UINT64_C(1000000))

struct eject;

/* Whom it tells; all from the loop, with userdata. */
struct eject_owner {
        bool (*mark)(void *userdata, enum journal_mark mark, uint32_t block);
        void (*reason)(void *userdata, const struct reason *reason);
        /* Over: the DIMM is gone; or it is not, and reasons have been told. It may be freed from within. */
        void (*done)(void *userdata, bool ejected);
};

enum eject_start {
        EJECT_ASK,
        EJECT_ASKED,       /* by a memctld that died */
        EJECT_MAYBE_ASKED, /* likewise, which is less worth waiting for */
};

struct eject_request {
        const char *dimm;
        const struct block_set *blocks; /* of the DIMM */
        enum eject_start start;
        bool again; /* where nothing comes of what a memctld that died may have asked: once more */
};

/* What the request names is borrowed. 0 or -errno. */
int eject_new(struct machine *machine, const struct eject_request *request, const struct eject_owner *owner,
              void *userdata, struct eject **ret);
struct eject *eject_free(struct eject *eject);
DEFINE_CLEANUP(struct eject *, eject_free)

#endif
