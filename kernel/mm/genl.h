/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What generic netlink calls differently, or cannot do.
 */
#ifndef MEMCTL_MM_GENL_H
#define MEMCTL_MM_GENL_H

#include <linux/version.h>
#include <net/genetlink.h>

/* What pre_doit() is told of the request: struct memctl_genl_op. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define memctl_genl_op genl_split_ops
#else
#define memctl_genl_op genl_ops
#endif

/* Joining a group may need CAP_SYS_ADMIN: since 6.7, and in later releases of 6.1 and 6.6. */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define MEMCTL_GROUPS_GUARDED	1
#define MEMCTL_GROUP(group)	{ .name = (group), .flags = GENL_MCAST_CAP_SYS_ADMIN }
#else
#define MEMCTL_GROUPS_GUARDED	0
#define MEMCTL_GROUP(group)	{ .name = (group) }
#endif

/* A number's range, which up to 6.6 is not taken as const, though nobody writes to it. */
#define MEMCTL_POLICY_RANGE(type, range)	\
	NLA_POLICY_FULL_RANGE(type, (struct netlink_range_validation *)(range))

#endif /* MEMCTL_MM_GENL_H */
