/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's settings of new memory: auto_online_blocks, which is set where the configuration asks for it
 * and put back when it does so no more (/run/memctl/auto-online-blocks keeps what was there before); and
 * memmap_on_memory, which is the boot's. Nobody is fought over the first: where somebody has changed it
 * since, it is left to him. For a helper.
 */
#ifndef MEMCTL_ONLINING_AUTO_ONLINE_H
#define MEMCTL_ONLINING_AUTO_ONLINE_H

#include "daemon/machine/tree.h"
#include "daemon/onlining/config.h"

/* As they are; "": this kernel has none. */
void auto_online_read(const struct tree *tree, char ret[static ONLINE_WORD_MAX]);
void memmap_read(const struct tree *tree, char ret[static ONLINE_WORD_MAX]); /* "yes", "no", "force" */

/*
 * wanted: "" puts it back. 0; -EPERM: it is left to somebody else; -EOPNOTSUPP: this kernel has none; or
 * another -errno; with *message set.
 */
int auto_online_apply(const struct tree *tree, const char *wanted, char **message);

#endif
