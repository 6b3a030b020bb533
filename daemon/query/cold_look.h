/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks at the page cache of many blocks, and waits for it: what the helper of query/cold.c does.
 */
#ifndef MEMCTL_QUERY_COLD_LOOK_H
#define MEMCTL_QUERY_COLD_LOOK_H

#include "daemon/pages/cold.h"
#include "basic/job_options.h"
#include "daemon/plan/range.h"

struct cold_request {
        struct tree *tree;
        uint64_t block_size;
        struct block_set blocks;
        enum cache_mode mode;     /* as in cold_task_new(), and the next */
        const struct cold *watch;
};

/* 0 or -errno, and *ret is left alone. Killed in the middle, it may leave DAMON on (damon_clear_left()). */
int cold_look(const struct cold_request *request, struct cold *ret);

#endif
