/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts back what an operation did, last step first: every state on the way back is one that was there
 * on the way out, so the kernel's zones allow it. A block that cannot be put back is named, and the rest
 * is put back all the same. It always ends: a block that others' writes keep from coming back is given up
 * after a while, the next ones sooner, and those that were given up are tried once more at the end.
 */
#ifndef MEMCTL_OPERATION_BLOCKS_PUT_BACK_H
#define MEMCTL_OPERATION_BLOCKS_PUT_BACK_H

#include "daemon/operation/blocks/steps.h"
#include "daemon/operation/blocks/write.h"
#include "daemon/plan/reason.h"

struct put_back;

/* Whom it tells; all from the loop, with userdata. */
struct put_back_owner {
        bool (*mark)(void *userdata, enum journal_mark mark,
                     uint32_t block); /* its answer decides nothing */
        void (*progress)(void *userdata);
        /* A block was put back, or could not be. */
        void (*record)(void *userdata, uint32_t block, bool back);
        void (*reason)(void *userdata, const struct reason *reason);
        void (*note)(void *userdata, const char *text);
        /* All is over. It may be freed from within. */
        void (*done)(void *userdata);
};

/*
 * For the steps (the caller's). Made before anything is touched: once that is so, want of memory must not
 * keep it from being put back. 0 or -errno.
 */
int put_back_new(struct machine *machine, struct steps *steps, const struct put_back_owner *owner,
                 void *userdata, struct put_back **ret);
struct put_back *put_back_free(struct put_back *back);
DEFINE_CLEANUP(struct put_back *, put_back_free)

/* Begins to put back those that are carried out; as it gets on, their n_done sinks. False: there are none.
 */
bool put_back_start(struct put_back *back);

/* The block that it is at; REASON_NO_BLOCK: none. */
uint32_t put_back_block(const struct put_back *back);
/* Blocks that are there, were passed, and are not back. */
size_t put_back_missing(const struct put_back *back);

#endif
