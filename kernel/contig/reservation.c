// SPDX-License-Identifier: GPL-2.0
/*
 * The life of reservations. One with a name holds the module, so that it lasts until it is
 * released; one without ends with its socket (see lease.c for how that is known).
 *
 * The mutex guards all here. Memory is given back after it: that may take long.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "contig/area.h"
#include "contig/reservation.h"
#include "contig/lend.h"
#include "event.h"

struct memctl_reservation {
	struct list_head node;
	struct sock *sock;		/* a reference, once it is made; of a named one never */
	bool made;
	u64 since;			/* ns of ktime_get() */
	struct memctl_reservation_info info;
};

static DEFINE_MUTEX(memctl_reservations_lock);
static LIST_HEAD(memctl_reservations);		/* those that are made: ascending by id */
static LIST_HEAD(memctl_reservations_to_be);
static unsigned int memctl_reservations_nr;	/* of both; also looked at without the mutex */
static u64 memctl_reservations_last_id;
static bool memctl_reservations_over;		/* the module goes */

static bool memctl_reservation_is_named(const struct memctl_reservation *reservation)
{
	return reservation->info.name[0];
}

static void memctl_reservation_tell(const struct memctl_reservation *reservation,
				    struct memctl_reservation_info *info)
{
	*info = reservation->info;
	info->held = ktime_to_ns(ktime_get()) - reservation->since;
}

static bool memctl_reservation_is_taken(const struct list_head *list, const char *name)
{
	const struct memctl_reservation *reservation;

	list_for_each_entry(reservation, list, node) {
		if (!strcmp(reservation->info.name, name))
			return true;
	}
	return false;
}

/* The mutex is held. */
static int memctl_reservation_add(struct memctl_reservation *reservation)
{
	const char *name = reservation->info.name;

	if (memctl_reservations_over)
		return -ESHUTDOWN;
	if (memctl_reservations_nr == MEMCTL_RESERVATIONS_MAX)
		return -ENOSPC;
	if (name[0]) {
		if (memctl_reservation_is_taken(&memctl_reservations, name) ||
		    memctl_reservation_is_taken(&memctl_reservations_to_be, name))
			return -EEXIST;
		if (!try_module_get(THIS_MODULE))
			return -ESHUTDOWN;
	}
	memctl_reservations_nr++;
	list_add_tail(&reservation->node, &memctl_reservations_to_be);
	return 0;
}

struct memctl_reservation *memctl_reservation_new(struct sock *sock,
						  const struct memctl_reservation_info *info)
{
	struct memctl_reservation *reservation = kzalloc(sizeof(*reservation), GFP_KERNEL);
	int err;

	if (!reservation)
		return ERR_PTR(-ENOMEM);
	reservation->info = *info;
	reservation->sock = sock;
	err = mutex_lock_interruptible(&memctl_reservations_lock);
	if (!err) {
		err = memctl_reservation_add(reservation);
		mutex_unlock(&memctl_reservations_lock);
	}
	if (!err)
		return reservation;
	kfree(reservation);
	return ERR_PTR(err);
}

/* The mutex is held. What it has is the caller's then. */
static void memctl_reservation_unlink(struct memctl_reservation *reservation)
{
	list_del(&reservation->node);
	memctl_reservations_nr--;
	if (!reservation->made || memctl_reservations_over)
		return;
	memctl_reservation_tell(reservation, &reservation->info);
	memctl_netlink_reservation(MEMCTL_C_RELEASED, &reservation->info);
}

/* It is in no list any more. */
static void memctl_reservation_free(struct memctl_reservation *reservation)
{
	const struct memctl_reservation_info *info = &reservation->info;

	if (reservation->made) {
		if (info->area)
			memctl_area_give(info->area, info->start, info->pages);
		else
			memctl_contig_give(info->start, info->pages);
		if (!memctl_reservation_is_named(reservation))
			sock_put(reservation->sock);
	}
	if (memctl_reservation_is_named(reservation))
		module_put(THIS_MODULE);
	kfree(reservation);
}

void memctl_reservation_drop(struct memctl_reservation *reservation)
{
	mutex_lock(&memctl_reservations_lock);
	memctl_reservation_unlink(reservation);
	mutex_unlock(&memctl_reservations_lock);
	memctl_reservation_free(reservation);
}

void memctl_reservation_made(struct memctl_reservation *reservation, unsigned long start,
			     u64 moved, struct memctl_reservation_info *info)
{
	const struct page *page = pfn_to_page(start);

	mutex_lock(&memctl_reservations_lock);
	if (!memctl_reservation_is_named(reservation))
		sock_hold(reservation->sock);
	reservation->made = true;
	reservation->since = ktime_to_ns(ktime_get());
	reservation->info.id = ++memctl_reservations_last_id;
	reservation->info.start = start;
	reservation->info.node = page_to_nid(page);
	reservation->info.zone = page_zone(page)->name;
	reservation->info.moved = moved;
	list_move_tail(&reservation->node, &memctl_reservations);
	memctl_reservation_tell(reservation, info);
	memctl_netlink_reservation(MEMCTL_C_RESERVED, info);
	mutex_unlock(&memctl_reservations_lock);
}

static bool memctl_reservation_is(const struct memctl_reservation *reservation,
				  const struct sock *sock, u64 id, const char *name)
{
	if (id)
		return reservation->info.id == id &&
		       (memctl_reservation_is_named(reservation) || reservation->sock == sock);
	return memctl_reservation_is_named(reservation) && !strcmp(reservation->info.name, name);
}

int memctl_reservation_release(struct sock *sock, u64 id, const char *name)
{
	struct memctl_reservation *reservation, *found = NULL;
	int err;

	err = mutex_lock_interruptible(&memctl_reservations_lock);
	if (err)
		return err;
	list_for_each_entry(reservation, &memctl_reservations, node) {
		if (memctl_reservation_is(reservation, sock, id, name)) {
			found = reservation;
			memctl_reservation_unlink(found);
			break;
		}
	}
	mutex_unlock(&memctl_reservations_lock);
	if (!found)
		return -ENOENT;
	memctl_reservation_free(found);
	return 0;
}

/* Takes those that end out of the list. */
static void memctl_reservations_end(bool all)
{
	struct memctl_reservation *reservation, *next;
	LIST_HEAD(ended);

	mutex_lock(&memctl_reservations_lock);
	list_for_each_entry_safe(reservation, next, &memctl_reservations, node) {
		if (all || (!memctl_reservation_is_named(reservation) &&
			    sock_flag(reservation->sock, SOCK_DEAD))) {
			memctl_reservation_unlink(reservation);
			list_add_tail(&reservation->node, &ended);
		}
	}
	mutex_unlock(&memctl_reservations_lock);
	list_for_each_entry_safe(reservation, next, &ended, node)
		memctl_reservation_free(reservation);
}

/* As with leases: who finds no reservation had none. */
void memctl_reservations_closed(void)
{
	if (READ_ONCE(memctl_reservations_nr))
		memctl_reservations_end(false);
}

bool memctl_reservation_after(u64 id, struct memctl_reservation_info *info)
{
	const struct memctl_reservation *reservation;
	bool found = false;

	mutex_lock(&memctl_reservations_lock);
	list_for_each_entry(reservation, &memctl_reservations, node) {
		if (reservation->info.id > id) {
			memctl_reservation_tell(reservation, info);
			found = true;
			break;
		}
	}
	mutex_unlock(&memctl_reservations_lock);
	return found;
}

void memctl_reservations_stop(void)
{
	mutex_lock(&memctl_reservations_lock);
	memctl_reservations_over = true;
	mutex_unlock(&memctl_reservations_lock);
}

void memctl_reservations_exit(void)
{
	memctl_reservations_end(true);
}
