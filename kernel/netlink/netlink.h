/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the requests of the family share. The other rooms see event.h.
 */
#ifndef MEMCTL_NETLINK_NETLINK_H
#define MEMCTL_NETLINK_NETLINK_H

#include <net/genetlink.h>
#include <uapi/memctl.h>

extern struct genl_family memctl_family;

int memctl_netlink_init(void);
void memctl_netlink_exit(void);

/* The parser would take the last of several: whoever sends two means neither. -EINVAL. */
int memctl_no_duplicates(const struct nlmsghdr *header, struct netlink_ext_ack *extack);

/* START_PFN and END_PFN, both needed. -EINVAL: one is missing, or the range is empty; -ERANGE. */
int memctl_range_parse(struct nlattr **attrs, struct netlink_ext_ack *extack, u64 *start, u64 *end);

/* The same, with NEXT_PFN in the range or at its end; without one, it is start. Errors as above. */
int memctl_range_parse_next(struct nlattr **attrs, struct netlink_ext_ack *extack, u64 *start,
			    u64 *end, u64 *next);

/* NODE; without one, NUMA_NO_NODE. -EINVAL: there is no such node with memory. */
int memctl_node_parse(const struct nlattr *attr, struct netlink_ext_ack *extack, int *node);

/* An answer with its header, or NULL; the second with room for size bytes. */
struct sk_buff *memctl_answer_new(struct genl_info *info, void **header);
struct sk_buff *memctl_answer_sized(struct genl_info *info, void **header, size_t size);

/* Sends it, or drops it for an error, which is returned. */
int memctl_answer_send(struct genl_info *info, struct sk_buff *skb, void *header, int err);

/*
 * Sends an event to those who listen, or drops it for an error; nobody has to listen, and
 * one that finds no memory is lost. Only who has CAP_SYS_ADMIN can listen: where the kernel
 * cannot see to that, no event is sent at all.
 */
void memctl_event_send(struct sk_buff *skb, void *header, int err, gfp_t gfp);

/*
 * Has who sent the request, and who opened its socket, CAP_SYS_ADMIN in the initial user
 * namespace? Only these are told pids, names of processes and pfns.
 */
bool memctl_is_admin(const struct sk_buff *request);

/* The same: 0, or -EPERM with a text. Asked before each request that is not for everybody. */
int memctl_admit(const struct sk_buff *request, struct netlink_ext_ack *extack);

/* A request that takes long, step by step: a dump (work.c). Its state begins as zeros. */
struct memctl_work {
	enum memctl_command command;
	const struct nla_policy *policy;
	size_t size;		/* bytes of the state */
	/* Reads the attributes; who asks may do so, and none is there twice. */
	int (*begin)(struct netlink_callback *cb, struct nlattr **attrs, void *state);
	/* Some more of it, a quarter of a second or so; an error is the request's end. */
	int (*step)(struct netlink_callback *cb, void *state);
	bool (*is_over)(const void *state);
	/* What goes into a message; -EMSGSIZE. */
	int (*put)(struct sk_buff *skb, const void *state);
	/* Behind the last step, where begin() has returned 0. */
	void (*end)(void *state);
};

int memctl_work_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct memctl_work *work);
int memctl_work_done(struct netlink_callback *cb, const struct memctl_work *work);

extern const struct nla_policy memctl_provider_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_evacuate_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_lru_hold_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_lru_release_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_survey_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_fence_raise_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_fence_hold_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_fence_drop_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_hot_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_reserve_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_warm_set_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_compact_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_release_policy[MEMCTL_A_MAX + 1];
extern const struct nla_policy memctl_cma_policy[MEMCTL_A_MAX + 1];

int memctl_netlink_info(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_provider_get(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_provider_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_lru_cache(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_lru_hold(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_lru_release(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_fence_list(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_fence_raise(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_fence_drop(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_hot(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_warm(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_warm_set(struct sk_buff *request, struct genl_info *info);
int memctl_netlink_release(struct sk_buff *request, struct genl_info *info);

/* Hearing of sockets that are closed: begins before there are requests, ends after them. */
int memctl_netlink_closing_init(void);
void memctl_netlink_closing_exit(void);

int memctl_netlink_survey_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_survey_done(struct netlink_callback *cb);
int memctl_netlink_evacuate_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_evacuate_done(struct netlink_callback *cb);
int memctl_netlink_fence_hold_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_fence_hold_done(struct netlink_callback *cb);
int memctl_netlink_reserve_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_reserve_done(struct netlink_callback *cb);
int memctl_netlink_compact_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_compact_done(struct netlink_callback *cb);
int memctl_netlink_reservation_dump(struct sk_buff *skb, struct netlink_callback *cb);

int memctl_netlink_cma_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_cma_map_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_cma_holder_dump(struct sk_buff *skb, struct netlink_callback *cb);
int memctl_netlink_cma_failure_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* MEMCTL_NETLINK_NETLINK_H */
