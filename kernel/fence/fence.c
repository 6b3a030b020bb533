// SPDX-License-Identifier: GPL-2.0
/*
 * The life of fences.
 *
 * A fence falls by its owner, with its socket (see lease.c for how that is known), with
 * the module, or when the kernel is out of memory: then what was about to be taken away
 * is better used. Memory that the VM takes offline, whoever asked for that, is given
 * up before the VM looks at it (notify.c).
 */
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "event.h"
#include "fence/internal.h"
#include "mm/contig.h"

/* How long a step takes, beside its last piece. */
#define MEMCTL_FENCE_STEP	(HZ / 4)

/* Around the list, and around who may let a fence fall. */
DEFINE_MUTEX(memctl_fences_lock);
LIST_HEAD(memctl_fences);
DECLARE_RWSEM(memctl_fences_taking);
static unsigned int memctl_fences_nr;	/* also looked at without the mutex */
static u64 memctl_fences_last_id;
static bool memctl_fences_over;		/* the module goes: no events, and no fences */

static void memctl_fence_release(struct kref *refs)
{
	struct memctl_fence *fence = container_of(refs, struct memctl_fence, refs);

	memctl_held_destroy(&fence->held);
	sock_put(fence->sock);
	kfree(fence);
}

void memctl_fence_put(struct memctl_fence *fence)
{
	kref_put(&fence->refs, memctl_fence_release);
}

void memctl_fence_tell(struct memctl_fence *fence, struct memctl_fence_info *info)
{
	info->id = fence->id;
	info->pid = fence->pid;
	memcpy(info->comm, fence->comm, TASK_COMM_LEN);
	info->start = fence->start;
	info->end = fence->end;
	info->held = atomic64_read(&fence->held.pages);
	info->given = atomic64_read(&fence->given);
}

void memctl_fence_unlink(struct memctl_fence *fence, const struct memctl_fence_info *info,
			 enum memctl_fence_cause cause)
{
	lockdep_assert_held(&memctl_fences_lock);
	list_del(&fence->node);
	memctl_fences_nr--;
	if (!memctl_fences_over)
		memctl_netlink_fence(MEMCTL_C_FENCE_FELL, info, cause);
	memctl_fence_put(fence);
}

/* Lets it fall, unless somebody else does; the caller has a reference. */
static void memctl_fence_fall(struct memctl_fence *fence, enum memctl_fence_cause cause)
{
	struct memctl_fence_info info;
	bool mine;

	mutex_lock(&memctl_fences_lock);
	mine = !fence->fallen;
	WRITE_ONCE(fence->fallen, true);
	mutex_unlock(&memctl_fences_lock);
	if (!mine)
		return;
	mutex_lock(&fence->lock);
	memctl_fence_tell(fence, &info);
	memctl_held_give(&fence->held, fence->start, fence->end);
	mutex_unlock(&fence->lock);
	mutex_lock(&memctl_fences_lock);
	memctl_fence_unlink(fence, &info, cause);
	mutex_unlock(&memctl_fences_lock);
}

/* The fence of that id and socket, with a reference. */
static struct memctl_fence *memctl_fence_get(struct sock *sock, u64 id)
{
	struct memctl_fence *fence, *found = ERR_PTR(-ENOENT);

	if (mutex_lock_interruptible(&memctl_fences_lock))
		return ERR_PTR(-EINTR);
	list_for_each_entry(fence, &memctl_fences, node) {
		if (fence->id == id && fence->sock == sock && !fence->fallen) {
			kref_get(&fence->refs);
			found = fence;
		}
	}
	mutex_unlock(&memctl_fences_lock);
	return found;
}

/* The mutex is held. */
static int memctl_fence_add(struct memctl_fence *fence)
{
	const struct memctl_fence *other;

	if (memctl_fences_over)
		return -ESHUTDOWN;
	if (memctl_fences_nr == MEMCTL_FENCES_MAX)
		return -ENOSPC;
	list_for_each_entry(other, &memctl_fences, node) {
		if (fence->start < other->end && fence->end > other->start)
			return -EBUSY;
	}
	fence->id = ++memctl_fences_last_id;
	memctl_fences_nr++;
	list_add_tail(&fence->node, &memctl_fences);
	return 0;
}

int memctl_fence_raise(struct sock *sock, struct memctl_fence_info *info)
{
	struct memctl_fence *fence;
	int err;

	if (!memctl_mm_can_take())
		return -EOPNOTSUPP;
	fence = kzalloc(sizeof(*fence), GFP_KERNEL);
	if (!fence)
		return -ENOMEM;
	kref_init(&fence->refs);
	mutex_init(&fence->lock);
	memctl_held_init(&fence->held);
	sock_hold(sock);
	fence->sock = sock;
	fence->pid = info->pid;
	memcpy(fence->comm, info->comm, TASK_COMM_LEN);
	fence->start = info->start;
	fence->end = info->end;
	err = mutex_lock_interruptible(&memctl_fences_lock);
	if (!err) {
		err = memctl_fence_add(fence);
		if (!err) {
			memctl_fence_tell(fence, info);
			memctl_netlink_fence(MEMCTL_C_FENCE_RAISED, info, 0);
		}
		mutex_unlock(&memctl_fences_lock);
	}
	if (err)
		memctl_fence_put(fence);
	return err;
}

/* One piece. The lock is let go after each: what goes offline waits for no more. */
static int memctl_fence_take(struct memctl_fence *fence, struct memctl_take *take)
{
	int err;

	if (mutex_lock_interruptible(&fence->lock))
		return -EINTR;
	down_read(&memctl_fences_taking);
	err = READ_ONCE(fence->fallen) ? -ENOENT : memctl_take_piece(&fence->held, take);
	up_read(&memctl_fences_taking);
	/* It may have fallen for want of memory, without the lock: what came since goes, too. */
	smp_mb();
	if (READ_ONCE(fence->fallen)) {
		memctl_held_give(&fence->held, fence->start, fence->end);
		err = -ENOENT;
	}
	mutex_unlock(&fence->lock);
	return err;
}

int memctl_fence_hold_begin(struct sock *sock, struct memctl_fence_hold *hold,
			    struct memctl_fence_info *info)
{
	const struct memctl_fence_request *request = &hold->take.request;
	struct memctl_fence *fence = memctl_fence_get(sock, info->id);

	if (IS_ERR(fence))
		return PTR_ERR(fence);
	if (request->start < fence->start || request->end > fence->end) {
		memctl_fence_put(fence);
		return -ERANGE;
	}
	hold->fence = fence;
	memctl_take_begin(&hold->take);
	memctl_fence_tell(fence, info);
	return 0;
}

int memctl_fence_hold_step(struct memctl_fence_hold *hold, struct memctl_fence_info *info)
{
	unsigned long until = jiffies + MEMCTL_FENCE_STEP;
	int err;

	do {
		err = memctl_fence_take(hold->fence, &hold->take);
		cond_resched();
	} while (!err && !memctl_take_is_over(&hold->take) && !signal_pending(current) &&
		 time_before(jiffies, until));
	memctl_fence_tell(hold->fence, info);
	return err == -EINTR ? 0 : err;
}

void memctl_fence_hold_end(struct memctl_fence_hold *hold)
{
	memctl_take_end(&hold->take);
	memctl_fence_put(hold->fence);
}

int memctl_fence_drop(struct sock *sock, u64 id, unsigned long start, unsigned long end)
{
	struct memctl_fence *fence = memctl_fence_get(sock, id);
	int err = 0;

	if (IS_ERR(fence))
		return PTR_ERR(fence);
	if (!end) {
		memctl_fence_fall(fence, MEMCTL_FENCE_DROPPED);
	} else if (start < fence->start || end > fence->end) {
		err = -ERANGE;
	} else {
		err = mutex_lock_interruptible(&fence->lock);
		if (!err) {
			memctl_held_give(&fence->held, start, end);
			mutex_unlock(&fence->lock);
		}
	}
	memctl_fence_put(fence);
	return err;
}

struct memctl_fence *memctl_fence_after(u64 id, bool (*wanted)(struct memctl_fence *fence))
{
	struct memctl_fence *fence, *found = NULL;

	mutex_lock(&memctl_fences_lock);
	list_for_each_entry(fence, &memctl_fences, node) {
		if (fence->id > id && wanted(fence)) {
			kref_get(&fence->refs);
			found = fence;
			break;
		}
	}
	mutex_unlock(&memctl_fences_lock);
	return found;
}

void memctl_fence_enter(void)
{
	down_read(&memctl_fences_taking);
}

void memctl_fence_leave(void)
{
	up_read(&memctl_fences_taking);
}

bool memctl_fence_wants(unsigned long start, unsigned long end)
{
	const struct memctl_fence *fence;
	bool wanted = memctl_fence_is_going(start, end);

	if (wanted || !READ_ONCE(memctl_fences_nr))
		return wanted;
	mutex_lock(&memctl_fences_lock);
	list_for_each_entry(fence, &memctl_fences, node)
		wanted |= start < fence->end && end > fence->start;
	mutex_unlock(&memctl_fences_lock);
	return wanted;
}

static bool memctl_fence_is_orphan(struct memctl_fence *fence)
{
	return sock_flag(fence->sock, SOCK_DEAD);
}

static bool memctl_fence_is_any(struct memctl_fence *fence)
{
	return true;
}

/* As with leases: who finds no fence had none. */
void memctl_fences_closed(void)
{
	struct memctl_fence *fence;
	u64 id = 0;

	if (!READ_ONCE(memctl_fences_nr))
		return;
	while ((fence = memctl_fence_after(id, memctl_fence_is_orphan))) {
		id = fence->id;
		memctl_fence_fall(fence, MEMCTL_FENCE_CLOSED);
		memctl_fence_put(fence);
	}
}

int memctl_fences_each(int (*each)(const struct memctl_fence_info *info, void *data), void *data)
{
	struct memctl_fence_info info;
	struct memctl_fence *fence;
	int err;

	err = mutex_lock_interruptible(&memctl_fences_lock);
	if (err)
		return err;
	list_for_each_entry(fence, &memctl_fences, node) {
		memctl_fence_tell(fence, &info);
		err = each(&info, data);
		if (err)
			break;
	}
	mutex_unlock(&memctl_fences_lock);
	return err;
}

int memctl_fences_init(void)
{
	return memctl_fences_notify_init();
}

bool memctl_fences_are_over(void)
{
	lockdep_assert_held(&memctl_fences_lock);
	return memctl_fences_over;
}

void memctl_fences_stop(void)
{
	mutex_lock(&memctl_fences_lock);
	memctl_fences_over = true;
	mutex_unlock(&memctl_fences_lock);
}

void memctl_fences_exit(void)
{
	struct memctl_fence *fence;

	while ((fence = memctl_fence_after(0, memctl_fence_is_any))) {
		memctl_fence_fall(fence, MEMCTL_FENCE_DROPPED);
		memctl_fence_put(fence);
	}
	memctl_fences_notify_exit();
}
