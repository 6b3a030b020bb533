// SPDX-License-Identifier: GPL-2.0
/*
 * Leases on the LRU caches being off: the first turns them off, the last on again.
 *
 * A lease ends with its socket. Port ids are used again, and one may be before the
 * socket that had it has told of its end: so a lease holds its socket, and ends when
 * that is dead.
 *
 * The mutex guards all here. It is held for long only while the caches are emptied,
 * when there is no lease yet.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "event.h"
#include "lease/lease.h"
#include "mm/lru_disable.h"
#include "provider/provider.h"
#include "trace.h"

struct memctl_lease {
	struct list_head node;
	struct sock *sock;		/* a reference */
	u64 since, until;		/* ns of ktime_get() */
	u64 id;
	u32 pid;
	char comm[TASK_COMM_LEN];
};

static void memctl_leases_expire(struct work_struct *work);

static DEFINE_MUTEX(memctl_leases_lock);
static LIST_HEAD(memctl_leases);
static unsigned int memctl_leases_nr;	/* also looked at without the mutex */
static u64 memctl_leases_last_id;
static bool memctl_leases_over;
static DECLARE_DELAYED_WORK(memctl_leases_expiry, memctl_leases_expire);

static u64 memctl_now(void)
{
	return ktime_to_ns(ktime_get());
}

static void memctl_lease_tell(const struct memctl_lease *lease, struct memctl_lease_info *info)
{
	u64 now = memctl_now();

	info->id = lease->id;
	info->pid = lease->pid;
	memcpy(info->comm, lease->comm, TASK_COMM_LEN);
	info->held = now - lease->since;
	info->left = now < lease->until ? lease->until - now : 0;
}

static void memctl_lease_end(struct memctl_lease *lease, enum memctl_lease_cause cause)
{
	struct memctl_lease_info info;

	lockdep_assert_held(&memctl_leases_lock);
	list_del(&lease->node);
	if (!--memctl_leases_nr)
		memctl_mm_lru_enable();
	memctl_lease_tell(lease, &info);
	trace_memctl_lru_end(info.id, info.pid, info.held, cause, memctl_leases_nr);
	if (!memctl_leases_over)
		memctl_netlink_lease(MEMCTL_C_LRU_ENDED, &info, cause);
	sock_put(lease->sock);
	kfree(lease);
}

/* Has the expiry look again when the next lease ends. */
static void memctl_leases_arm(u64 now)
{
	const struct memctl_lease *lease;
	u64 next = U64_MAX;

	lockdep_assert_held(&memctl_leases_lock);
	list_for_each_entry(lease, &memctl_leases, node)
		next = min(next, lease->until);
	if (memctl_leases_nr)
		mod_delayed_work(memctl_queue, &memctl_leases_expiry,
				 next > now ? nsecs_to_jiffies(next - now) + 1 : 0);
}

static void memctl_leases_expire(struct work_struct *work)
{
	struct memctl_lease *lease, *next;
	u64 now;

	mutex_lock(&memctl_leases_lock);
	now = memctl_now();
	list_for_each_entry_safe(lease, next, &memctl_leases, node) {
		if (lease->until <= now)
			memctl_lease_end(lease, MEMCTL_LEASE_EXPIRED);
	}
	memctl_leases_arm(now);
	mutex_unlock(&memctl_leases_lock);
}

/* The mutex is held. Time runs from when the caches are empty. */
static int memctl_lease_add(struct memctl_lease *lease, u32 seconds)
{
	if (memctl_leases_over)
		return -ESHUTDOWN;
	if (memctl_leases_nr == MEMCTL_LEASES_MAX)
		return -ENOSPC;
	if (!memctl_leases_nr)
		memctl_mm_lru_disable();
	memctl_leases_nr++;
	lease->id = ++memctl_leases_last_id;
	lease->since = memctl_now();
	lease->until = lease->since + (u64)seconds * NSEC_PER_SEC;
	list_add_tail(&lease->node, &memctl_leases);
	memctl_leases_arm(lease->since);
	return 0;
}

int memctl_lease_take(struct sock *sock, struct memctl_lease_info *info, u32 seconds)
{
	struct memctl_lease *lease;
	int err;

	if (memctl_mm_lru_refusal())
		return -EOPNOTSUPP;
	lease = kzalloc(sizeof(*lease), GFP_KERNEL);
	if (!lease)
		return -ENOMEM;
	lease->pid = info->pid;
	memcpy(lease->comm, info->comm, TASK_COMM_LEN);
	lease->sock = sock;
	err = mutex_lock_interruptible(&memctl_leases_lock);
	if (!err) {
		err = memctl_lease_add(lease, seconds);
		if (!err) {
			sock_hold(sock);
			memctl_lease_tell(lease, info);
			trace_memctl_lru_hold(info->id, info->pid, info->left, memctl_leases_nr);
			memctl_netlink_lease(MEMCTL_C_LRU_HELD, info, 0);
		}
		mutex_unlock(&memctl_leases_lock);
	}
	if (err)
		kfree(lease);
	return err;
}

int memctl_lease_release(struct sock *sock, u64 id)
{
	struct memctl_lease *lease;
	int err;

	err = mutex_lock_interruptible(&memctl_leases_lock);
	if (err)
		return err;
	err = -ENOENT;
	list_for_each_entry(lease, &memctl_leases, node) {
		if (lease->id == id && lease->sock == sock) {
			memctl_lease_end(lease, MEMCTL_LEASE_RELEASED);
			err = 0;
			break;
		}
	}
	mutex_unlock(&memctl_leases_lock);
	return err;
}

/*
 * A socket with a lease was given it before it was closed. So who finds none here
 * had none, and need not wait until another's caches are empty.
 */
void memctl_leases_closed(void)
{
	struct memctl_lease *lease, *next;

	if (!READ_ONCE(memctl_leases_nr))
		return;
	mutex_lock(&memctl_leases_lock);
	list_for_each_entry_safe(lease, next, &memctl_leases, node) {
		if (sock_flag(lease->sock, SOCK_DEAD))
			memctl_lease_end(lease, MEMCTL_LEASE_CLOSED);
	}
	mutex_unlock(&memctl_leases_lock);
}

int memctl_leases_each(int (*each)(const struct memctl_lease_info *info, void *data), void *data)
{
	struct memctl_lease_info info;
	struct memctl_lease *lease;
	int err;

	err = mutex_lock_interruptible(&memctl_leases_lock);
	if (err)
		return err;
	list_for_each_entry(lease, &memctl_leases, node) {
		memctl_lease_tell(lease, &info);
		err = each(&info, data);
		if (err)
			break;
	}
	mutex_unlock(&memctl_leases_lock);
	return err;
}

void memctl_leases_exit(void)
{
	struct memctl_lease *lease, *next;

	mutex_lock(&memctl_leases_lock);
	memctl_leases_over = true;
	list_for_each_entry_safe(lease, next, &memctl_leases, node)
		memctl_lease_end(lease, MEMCTL_LEASE_RELEASED);
	mutex_unlock(&memctl_leases_lock);
	cancel_delayed_work_sync(&memctl_leases_expiry);
}
