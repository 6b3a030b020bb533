/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks are new. sysfs numbers the folders of blocks upwards and uses no number again
 * (block_identity()), so that one number parts those that memctld has seen from those that came later, be
 * that while it was away. It is kept in /run/memctl/seen-blocks, which does not outlive a boot, with those
 * blocks that are not dealt with yet.
 */
#ifndef MEMCTL_ONLINING_SEEN_H
#define MEMCTL_ONLINING_SEEN_H

#include "basic/cleanup.h"
#include "daemon/machine/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arrival {
        uint32_t block;
        uint64_t identity; /* 0: not known */
};

struct seen {
        bool known;              /* there is a mark: a memctld was here in this boot */
        uint64_t mark;           /* no block with a higher identity was seen */
        struct arrival *pending; /* new, and not dealt with; ascending by block */
        size_t n_pending;
};

void seen_clear(struct seen *seen);

/* Adds a block, or gives one that is there another identity. 0; -ENOMEM. */
int seen_add(struct seen *seen, const struct arrival *arrival);
void seen_remove(struct seen *seen, uint32_t block);
bool seen_has(const struct seen *seen, uint32_t block);

/* The file; nothing where there is none, or it is no such thing. */
void seen_read(const struct tree *tree, struct seen *ret);

/* 0 or -errno. */
int seen_write(const struct tree *tree, const struct seen *seen);

/*
 * For a helper: looks at all blocks of the machine. seen is what the file had: those that came since are
 * added to what is pending there, what is gone or another block now is taken out, and the mark is that of
 * all. 0 or -errno.
 */
int seen_look(struct tree *tree, struct seen *seen);

#endif
