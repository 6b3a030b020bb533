/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/cell/operation.h"

const struct operation *const operations[] = {
        &operation_compaction,
        &operation_offline,
        &operation_reserve,
        &operation_move_pages,
        &operation_migrate_pages,
        &operation_mbind,
        &operation_swap,
        &operation_zswap,
        &operation_collapse,
        &operation_damos,
        &operation_soft_offline,
        &operation_hard_poison,
        NULL,
};
