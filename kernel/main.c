// SPDX-License-Identifier: GPL-2.0
/*
 * memctl.ko: the order of init and exit.
 *
 * Netlink comes before the providers, which announce themselves on it, and goes after
 * them. Drivers hold the module by the symbols they use, open buffers by their file
 * operations: at exit there are no providers but the heap. Leases hold nothing:
 * they end with the module, and before netlink goes, on which they are told. Fences
 * end after it: no request is at work in them then.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "fence/fence.h"
#include "heap/heap.h"
#include "lru.h"
#include "mm/lru.h"
#include "netlink.h"
#include "provider.h"
#include "survey/survey.h"
#include "target.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __init memctl_init(void)
{
	int err;

	err = memctl_mm_init();
	if (err)
		return err;
	err = memctl_movable_init();
	if (err)
		return err;
	err = memctl_sweep_init();
	if (err)
		goto movable;
	memctl_mm_lru_init();
	err = memctl_survey_init();
	if (err)
		goto sweep;
	err = memctl_fences_init();
	if (err)
		goto survey;
	err = memctl_netlink_init();
	if (err)
		goto fences;
	err = memctl_heap_init();
	if (err)
		goto netlink;
	return 0;
netlink:
	memctl_leases_exit();
	memctl_fences_stop();
	memctl_netlink_exit();
fences:
	memctl_fences_exit();
survey:
	memctl_survey_exit();
sweep:
	memctl_sweep_exit();
movable:
	memctl_movable_exit();
	return err;
}

static void __exit memctl_exit(void)
{
	memctl_heap_exit();
	memctl_leases_exit();
	memctl_fences_stop();
	memctl_netlink_exit();
	memctl_fences_exit();
	memctl_survey_exit();
	memctl_targets_exit();
	memctl_sweep_exit();
	memctl_movable_exit();
}

module_init(memctl_init);
module_exit(memctl_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("Movable driver pages: migrated by the VM and evacuated on request, in batches");
MODULE_VERSION(MEMCTL_MODULE_VERSION);
