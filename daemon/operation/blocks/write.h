/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block's state written, with retries and with an end: the kernel itself would try to empty a block for
 * ever, and lets a write wait for ever while another one is under way.
 */
#ifndef MEMCTL_OPERATION_BLOCKS_WRITE_H
#define MEMCTL_OPERATION_BLOCKS_WRITE_H

#include "daemon/core/node_cgroup.h"
#include "daemon/journal/journal.h"
#include "daemon/machine/machine.h"

#include <errno.h>

struct block_write;

enum block_write_kind { WRITE_OFFLINE, WRITE_ONLINE_MOVABLE, WRITE_ONLINE_KERNEL };

/* What it is at. */
enum block_write_stage { WRITE_WORKING, WRITE_WAITING };

/* Of what has come about and is no more. */
#define BLOCK_WRITE_UNDONE (-EREMCHG)

/* How long "online" may take; it waits for nothing but other writes. Microseconds. */
#define WRITE_ONLINE_USEC       (60 * UINT64_C(1000000))
#define WRITE_ONLINE_AGAIN_USEC (5 * UINT64_C(1000000))

/* Whom it tells; all from the loop, with userdata. */
struct block_write_owner {
        /* What is about to be written, or has been: false: it may not be. */
        bool (*mark)(void *userdata, enum journal_mark mark, uint32_t block);
        void (*stage)(void *userdata, enum block_write_stage stage);
        /* Half a second has gone by, and pages have. */
        void (*progress)(void *userdata);
        /*
         * It is over: 0: the block is in the wanted state. -ETIMEDOUT: it was given up, see
         * block_write_begun(). -EBUSY, -EAGAIN: the kernel says so again and again. -ECANCELED: by
         * block_write_abort(), or mark() did not allow it. -ESTALE: the block is gone. BLOCK_WRITE_UNDONE:
         * it was in that state, and somebody else has changed it since. Else as the kernel said. A new one
         * may be started from within, and the writer be freed.
         */
        void (*done)(void *userdata, int error);
};

int block_write_new(struct machine *machine, const struct block_write_owner *owner, void *userdata,
                    struct block_write **ret);
/* Ends what is under way: done() is not called. */
struct block_write *block_write_free(struct block_write *write);
DEFINE_CLEANUP(struct block_write *, block_write_free)

/* Where what is moved goes from now on (borrowed; NULL: anywhere). Between writes only. */
void block_write_place(struct block_write *write, const struct node_cgroup *node_cgroup);

/*
 * Begins a write, when it is this one's turn. limit_usec: how long "online" may take in all
 * (WRITE_ONLINE_USEC where 0). done() comes later.
 */
void block_write_start(struct block_write *write, uint32_t block, enum block_write_kind kind,
                       uint64_t limit_usec);
/* The same block once more, with new attempts. */
void block_write_again(struct block_write *write);
/* Has what is under way end soon; done() follows, later. Without effect where nothing is. */
void block_write_abort(struct block_write *write);

/* Of the last write: the block; whether the kernel was at it, not at another's; pages in use when last
 * looked at. */
uint32_t block_write_block(const struct block_write *write);
bool block_write_begun(const struct block_write *write);
uint64_t block_write_in_use(const struct block_write *write);
/* When it was started (not again): CLOCK_MONOTONIC, microseconds; and pages migrated by the machine by then.
 */
uint64_t block_write_began_at(const struct block_write *write);
uint64_t block_write_moved_before(const struct block_write *write);
/* Some write had to wait for others, or was tried again. */
bool block_write_slowed(const struct block_write *write);

#endif
