// SPDX-License-Identifier: GPL-2.0
/*
 * What the tested files call and the tests have no use for: events, and targets of
 * evacuation, which the allocator of the test gives.
 */
#include <linux/mm.h>

#include "kernel/evacuate/evacuate.h"
#include "kernel/evacuate/target.h"
#include "kernel/event.h"
#include "kernel/mm/binding.h"
#include "kernel/provider/provider.h"

void memctl_netlink_provider(struct memctl_provider *provider, enum memctl_command event)
{
        (void) provider;
        (void) event;
}

bool memctl_mm_is_plain(struct page *page)
{
        return page_ref_count(page) && !PageOffline(page) && !page->flags && !__PageMovable(page) && !page->private;
}

extern bool stub_hibernates;
bool stub_hibernates;

bool memctl_hibernation_begun(void)
{
        return stub_hibernates;
}

static struct run_lock targets_lock;
static struct memctl_targets targets_only;

struct memctl_targets *memctl_targets_begin(unsigned long start, unsigned long end, int node)
{
        run_lock(&targets_lock);
        targets_only.start = start;
        targets_only.end = end;
        targets_only.node = node;
        return &targets_only;
}

void memctl_targets_end(struct memctl_targets *targets, bool last)
{
        (void) targets;
        (void) last;
        run_unlock(&targets_lock);
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
