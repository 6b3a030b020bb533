// SPDX-License-Identifier: GPL-2.0
/*
 * What a driver says of a page while it is movable: that it is used again, and that it
 * must stay where it is. Neither takes a lock, so that both may be said from anywhere,
 * from an interrupt, too.
 */
#include <linux/export.h>

#include "provider/provider.h"

/*
 * The flag is cleared when a round begins, before prepare() runs, and looked at by the VM's
 * next try: the page is then prepared with the next round. It is said, and read by migrate(),
 * under a lock of the driver's.
 */
void memctl_page_touch(struct memctl_page *mp)
{
	WRITE_ONCE(mp->mm.touched, true);
}
EXPORT_SYMBOL_GPL(memctl_page_touch);

bool memctl_page_prepared(struct memctl_page *mp)
{
	return !READ_ONCE(mp->mm.touched);
}
EXPORT_SYMBOL_GPL(memctl_page_prepared);

/*
 * The pin is counted first and the state looked at second; memctl_page_begin_move() does it
 * the other way round. So one of the two sees the other, or both do, and both give way.
 */
bool memctl_page_trypin(struct memctl_page *mp)
{
	atomic_inc(&mp->mm.pins);
	smp_mb__after_atomic();		/* pairs with the barrier in memctl_page_move() */
	if (READ_ONCE(mp->state) != MEMCTL_MOVING)
		return true;
	atomic_dec(&mp->mm.pins);
	return false;
}
EXPORT_SYMBOL_GPL(memctl_page_trypin);

void memctl_page_pin(struct memctl_page *mp)
{
	while (!memctl_page_trypin(mp))
		wait_event(mp->provider->wait, READ_ONCE(mp->state) != MEMCTL_MOVING);
}
EXPORT_SYMBOL_GPL(memctl_page_pin);

void memctl_page_unpin(struct memctl_page *mp)
{
	WARN_ON_ONCE(atomic_dec_return(&mp->mm.pins) < 0);
}
EXPORT_SYMBOL_GPL(memctl_page_unpin);

bool memctl_page_is_pinned(const struct memctl_page *mp)
{
	return memctl_page_pinned(mp);
}
EXPORT_SYMBOL_GPL(memctl_page_is_pinned);
