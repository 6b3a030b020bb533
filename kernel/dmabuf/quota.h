/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many bytes of buffers each user has: module parameter user_max; and what all of them have.
 */
#ifndef MEMCTL_DMABUF_QUOTA_H
#define MEMCTL_DMABUF_QUOTA_H

#include <linux/types.h>

struct memctl_user;

struct memctl_quota {
	u64 buffers, bytes;
};

/*
 * The user of the calling process has so many bytes more. Returns the user, for
 * memctl_quota_return(), or as a pointer -EDQUOT: that is too many, and the process has no
 * CAP_SYS_RESOURCE; -ENOMEM. All here sleep.
 */
struct memctl_user *memctl_quota_take(size_t bytes);
void memctl_quota_return(struct memctl_user *user, size_t bytes);

/* Of all users. A buffer counts from before its memory is taken until all of it is given back. */
struct memctl_quota memctl_quota_total(void);

#endif /* MEMCTL_DMABUF_QUOTA_H */
