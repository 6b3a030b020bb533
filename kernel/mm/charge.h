/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory cgroup that pays for a page.
 */
#ifndef MEMCTL_MM_CHARGE_H
#define MEMCTL_MM_CHARGE_H

#include <linux/mm.h>

/*
 * The content of src, a page allocated with __GFP_ACCOUNT or without, has moved to dst, which
 * nobody pays for: who paid for src pays for dst. The number of pages stays, so that only
 * the reference to the cgroup goes over, which the last put_page() gives up. Both pages are
 * locked; up to 6.16 and from 7.0 on alike.
 */
static inline void memctl_mm_move_charge(struct page *src, struct page *dst)
{
#ifdef CONFIG_MEMCG
	if (dst->memcg_data)
		return;
	dst->memcg_data = src->memcg_data;
	src->memcg_data = 0;
#endif
}

#endif /* MEMCTL_MM_CHARGE_H */
