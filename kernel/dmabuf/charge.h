/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory cgroup that pays for a buffer: page by page, for a page that the page allocator has
 * charged is all that a module can have of one.
 */
#ifndef MEMCTL_DMABUF_CHARGE_H
#define MEMCTL_DMABUF_CHARGE_H

struct page;

/*
 * The calling process's memory cgroup pays for the page from now on. The page is nobody else's, and
 * nobody pays for it yet. -ENOMEM: the cgroup has as much as it may have; nobody is killed for it.
 * Sleeps.
 */
int memctl_buffer_charge(struct page *page);

/*
 * Nobody pays for the page any more, whose memory may now be kept ready for others. -ENOMEM: who
 * pays does so until the page goes back to the page allocator. Sleeps.
 */
int memctl_buffer_uncharge(struct page *page);

#endif /* MEMCTL_DMABUF_CHARGE_H */
