// SPDX-License-Identifier: GPL-2.0
/*
 * memctl.ko: the order of init and exit.
 *
 * Netlink comes before the providers, which announce themselves on it, and goes after
 * them. Drivers hold the module by the symbols they use: at exit there are no
 * providers. Leases hold nothing:
 * they end with the module, and before netlink goes, on which they are told. Fences and
 * reservations end after it: no request is at work in them then. Reservations with a name
 * hold the module. CMA areas are watched from before netlink on, and what fails is told
 * while that is there.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "cma/cma.h"
#include "contig/reservation.h"
#include "contig/lent.h"
#include "contig/warm.h"
#include "fence/fence.h"
#include "lease/lease.h"
#include "mm/cma.h"
#include "mm/lru_disable.h"
#include "mm/symbol.h"
#include "netlink/netlink.h"
#include "provider/provider.h"
#include "surplus/surplus.h"
#include "survey/survey.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Begun in this order, ended in the reverse one. A stage without an init only has an end. */
static const struct {
	int (*init)(void);
	void (*exit)(void);
} memctl_stages[] = {
	{ memctl_pages_init, memctl_pages_exit },
	{ memctl_sweep_init, memctl_sweep_exit },
	{ memctl_hibernation_init, memctl_hibernation_exit },
	{ memctl_surplus_init, memctl_surplus_exit },
	{ memctl_mm_symbols_init },
	{ memctl_mm_lru_init },
	{ memctl_mm_cma_init },
	{ memctl_survey_init, memctl_survey_exit },
	{ memctl_cma_init, memctl_cma_exit },
	{ memctl_fences_init, memctl_fences_exit },
	{ memctl_lent_init, memctl_lent_exit },
	{ memctl_warm_init, memctl_warm_exit },
	{ .exit = memctl_reservations_exit },
	{ memctl_netlink_init, memctl_netlink_exit },
	/* what is told on netlink ends before netlink does */
	{ .exit = memctl_reservations_stop },
	{ memctl_cma_tell, memctl_cma_stop },
	{ .exit = memctl_fences_stop },
	{ .exit = memctl_leases_exit },
};

static void memctl_end(unsigned int stages)
{
	while (stages--) {
		if (memctl_stages[stages].exit)
			memctl_stages[stages].exit();
	}
}

static int __init memctl_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memctl_stages); i++) {
		int err = memctl_stages[i].init ? memctl_stages[i].init() : 0;

		if (err) {
			memctl_end(i);
			return err;
		}
	}
	return 0;
}

static void __exit memctl_exit(void)
{
	memctl_end(ARRAY_SIZE(memctl_stages));
}

module_init(memctl_init);
module_exit(memctl_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("Movable driver pages: migrated by the VM and evacuated on request, in batches");
MODULE_VERSION(MEMCTL_MODULE_VERSION);
