/* SPDX-License-Identifier: GPL-2.0 */
/* Balloon devices: see vm-balloon.c. */
#ifndef SHIM_LINUX_BALLOON_H
#define SHIM_LINUX_BALLOON_H

#include <linux/mm.h>

struct balloon_dev_info {
        unsigned long isolated_pages;
        struct list_head pages;
        int (*migratepage)(struct balloon_dev_info *balloon, struct page *dst, struct page *src,
                           enum migrate_mode mode);
        bool adjust_managed_page_count;
};

void balloon_devinfo_init(struct balloon_dev_info *balloon);
void balloon_page_enqueue(struct balloon_dev_info *balloon, struct page *page);
size_t balloon_page_list_dequeue(struct balloon_dev_info *balloon, struct list_head *pages, size_t nr);

#endif /* SHIM_LINUX_BALLOON_H */
