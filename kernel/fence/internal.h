/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between fence.c, the life of fences, and notify.c, which hears what the VM is about
 * to do. Nobody else includes this.
 *
 * Locks, in this order: mem_hotplug_lock and the memory notifiers; a fence's lock;
 * whatever moving pages takes, oom_lock among it; memctl_fences_lock. Under the last
 * nothing is allocated.
 *
 * - memctl_fences_lock: the list, the going range, and who lets a fence fall. A fence in
 *   the list has a reference by it; who finds one there and lets the lock go takes
 *   another.
 * - a fence's lock: pages are taken under it, and only what is online and not going then.
 *   MEM_GOING_OFFLINE takes it too, once it has said what is going: so memory whose
 *   offlining has begun is taken by nobody, and what was taken before is given up.
 * - memctl_fences_taking is held for reading while a piece is taken, below its fence's lock.
 *   MEM_GOING_OFFLINE gets it for writing, and lets it go at once: what was being taken
 *   then has come to an end, also for fences that have left the list for want of memory.
 * - the lock of surplus, which scattered.c has some of, stands below both.
 * - held.h: a page's bit belongs to who clears it. So want of memory gives back without a
 *   fence's lock, whose holder may be the one who wants it; who takes looks for that
 *   behind each piece.
 * - At exit: requests and the notifier of sockets end with netlink, then all fences fall,
 *   then the notifiers of memory go, which wait for those on their way.
 */
#ifndef MEMCTL_FENCE_INTERNAL_H
#define MEMCTL_FENCE_INTERNAL_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

#include "fence/fence.h"
#include "fence/held.h"

struct memctl_fence {
	struct list_head node;
	struct kref refs;
	struct mutex lock;		/* around taking and giving, but for want of memory */
	struct sock *sock;		/* a reference */
	bool fallen;			/* set under memctl_fences_lock: nothing more is taken */
	u64 id;
	u32 pid;
	char comm[TASK_COMM_LEN];
	unsigned long start, end;
	atomic64_t given;
	struct memctl_held held;
};

extern struct mutex memctl_fences_lock;
extern struct rw_semaphore memctl_fences_taking;
extern struct list_head memctl_fences;	/* ascending by id */

void memctl_fence_put(struct memctl_fence *fence);
void memctl_fence_tell(struct memctl_fence *fence, struct memctl_fence_info *info);

/* The first fence after the one with this id that wanted() takes, with a reference; or NULL. */
struct memctl_fence *memctl_fence_after(u64 id, bool (*wanted)(struct memctl_fence *fence));

/*
 * memctl_fences_lock is held, the fence has fallen, and holds nothing: it is no more. It was
 * as info tells.
 */
void memctl_fence_unlink(struct memctl_fence *fence, const struct memctl_fence_info *info,
			 enum memctl_fence_cause cause);

/* Has memctl_fences_stop() been called? memctl_fences_lock is held. */
bool memctl_fences_are_over(void);

int memctl_fences_notify_init(void);
void memctl_fences_notify_exit(void);

#endif /* MEMCTL_FENCE_INTERNAL_H */
