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

void memctl_targets_begin(struct memctl_targets *targets, unsigned long start, unsigned long end, unsigned long pages)
{
        targets->start = start;
        targets->end = end;
        targets->pages = pages;
}

void memctl_targets_end(struct memctl_targets *targets)
{
        (void) targets;
}

struct page *memctl_target_get(struct memctl_targets *targets, struct page *src)
{
        (void) src;
        return shim_page_alloc(targets->end);
}
