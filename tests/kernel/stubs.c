// SPDX-License-Identifier: GPL-2.0
/*
 * What the tested files call and the tests have no use for: events, and targets of
 * evacuation, which the allocator of the test gives.
 */
#include <linux/mm.h>

#include "kernel/evacuate.h"
#include "kernel/netlink.h"
#include "kernel/target.h"

void memctl_netlink_provider(struct memctl_provider *provider, enum memctl_command event)
{
        (void) provider;
        (void) event;
}

void memctl_targets_init(struct memctl_targets *targets, unsigned long start, unsigned long end, int node)
{
        targets->start = start;
        targets->end = end;
        targets->node = node;
}

void memctl_targets_free(struct memctl_targets *targets)
{
        (void) targets;
}

struct page *memctl_target_get(struct memctl_targets *targets, struct page *src)
{
        (void) src;
        return shim_page_alloc(targets->end);
}

void memctl_target_unused(struct memctl_targets *targets, struct page *page)
{
        (void) targets;
        put_page(page);
}
