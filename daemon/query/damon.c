/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/damon.h"

#include "daemon/query/damon_ranges.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

/* The look is over a little later than that: the kernel counts samples, and its writer waits for the rest.
 */
#define WAIT_USEC (DAMON_LOOK_USEC - DAMON_LOOK_USEC / 16)

enum damon_state damon_state(const struct tree *tree)
{
        return tree->live ? damon_admin_state(tree->root_fd) : DAMON_MISSING;
}

static int look(struct damon_admin *admin, struct cold_ranges *ret)
{
        const struct timespec wait = { .tv_sec = WAIT_USEC / 1000000,
                                       .tv_nsec = WAIT_USEC % 1000000 * 1000 };
        _cleanup_close_ int fd = -1;
        int r;

        r = damon_admin_start(admin);
        if (r < 0)
                return r;
        (void) nanosleep(&wait, NULL);
        r = damon_admin_update(admin);
        if (r < 0)
                return r;
        fd = damon_admin_regions(admin);
        return fd < 0 ? fd : damon_read_regions(fd, (uint64_t) sysconf(_SC_PAGESIZE), ret);
}

int damon_watch(const struct tree *tree, const struct cold *cold, struct cold_ranges *ret)
{
        _cleanup_(damon_admin_freep) struct damon_admin *admin = NULL;
        struct cold_ranges ranges = { 0 };
        int r;

        r = damon_ranges(cold, &ranges);
        if (r >= 0)
                r = damon_admin_new(tree->root_fd, DAMON_RUNTIME + 1, &ranges, &admin);
        free(ranges.ranges);
        return r < 0 ? r : look(admin, ret);
}

void damon_clear_left(const struct tree *tree)
{
        if (tree->live)
                damon_admin_clear_left(tree->root_fd, DAMON_RUNTIME + 1);
}
