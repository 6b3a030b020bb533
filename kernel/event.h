/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rooms of the module have to tell user space; netlink/ sends it. Above all
 * of them, so that none has to include netlink/.
 */
#ifndef MEMCTL_EVENT_H
#define MEMCTL_EVENT_H

#include <uapi/memctl.h>

struct memctl_cma_failure;
struct memctl_fence_info;
struct memctl_lease_info;
struct memctl_provider;
struct memctl_reservation_info;

/* Sends MEMCTL_C_PROVIDER_ADDED or _REMOVED to the group. May sleep. */
void memctl_netlink_provider(struct memctl_provider *provider, enum memctl_command event);

/* Sends MEMCTL_C_LRU_HELD, or MEMCTL_C_LRU_ENDED with its cause, to the group. */
void memctl_netlink_lease(enum memctl_command event, const struct memctl_lease_info *info,
			  enum memctl_lease_cause cause);

/* Sends MEMCTL_C_FENCE_RAISED, or MEMCTL_C_FENCE_FELL with its cause; or MEMCTL_C_FENCE_GAVE. */
void memctl_netlink_fence(enum memctl_command event, const struct memctl_fence_info *info,
			  enum memctl_fence_cause cause);
void memctl_netlink_fence_gave(const struct memctl_fence_info *info, unsigned long start,
			       unsigned long end);

/* Sends MEMCTL_C_RESERVED or _RELEASED to the group. */
void memctl_netlink_reservation(enum memctl_command event,
				const struct memctl_reservation_info *info);

/* Sends MEMCTL_C_CMA_FAILED. */
void memctl_netlink_cma_failed(const struct memctl_cma_failure *failure);

#endif /* MEMCTL_EVENT_H */
