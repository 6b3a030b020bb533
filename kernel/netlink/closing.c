// SPDX-License-Identifier: GPL-2.0
/*
 * Hears from netlink that a socket is closed: what it held ends.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>

#include "contig/reservation.h"
#include "fence/fence.h"
#include "lease/lease.h"
#include "netlink/netlink.h"

static int memctl_netlink_notify(struct notifier_block *block, unsigned long event, void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC &&
	    net_eq(notify->net, &init_net)) {
		memctl_leases_closed();
		memctl_fences_closed();
		memctl_reservations_closed();
	}
	return NOTIFY_DONE;
}

static struct notifier_block memctl_netlink_notifier = {
	.notifier_call = memctl_netlink_notify,
};

int memctl_netlink_closing_init(void)
{
	return netlink_register_notifier(&memctl_netlink_notifier);
}

void memctl_netlink_closing_exit(void)
{
	netlink_unregister_notifier(&memctl_netlink_notifier);
}
