/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How one thing that was changed is put back.
 */
#ifndef MEMCTL_MATRIX_MACHINE_UNDO_H
#define MEMCTL_MATRIX_MACHINE_UNDO_H

#include <stdint.h>

enum undo_kind {
        UNDO_WRITE,
        UNDO_SWAPOFF,
        UNDO_UNLOAD,
        UNDO_UNPOISON,
        UNDO_ONLINE,
        _UNDO_MAX,
};

struct undo {
        uint32_t kind;
        uint32_t failed; /* it could not be put back */
        char path[160], value[96];
};

/* 0, also where nothing is to be done any more; or -errno. */
int undo(const struct undo *entry);

#endif
