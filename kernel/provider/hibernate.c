// SPDX-License-Identifier: GPL-2.0
/*
 * Hibernation, where its image leaves providers' pages out: refused while there are such
 * pages, for their content would be lost, and none is made until it is over.
 *
 * The flag is set first and the pages are counted second, each provider's under its lock;
 * memctl_page_make() looks at the flag under the same lock. So a page is either counted
 * here, or refused there.
 */
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "provider/provider.h"

static bool memctl_hibernates;

bool memctl_hibernation_begun(void)
{
	return READ_ONCE(memctl_hibernates);
}

/* Is there a provider with pages? It is named in the log. */
static bool memctl_hibernation_loses(void)
{
	struct memctl_provider *provider;
	bool loses = false;
	unsigned int i;

	for (i = 0; !loses && (provider = memctl_provider_at(i)); i++) {
		struct memctl_counters counters;

		memctl_provider_counters(provider, &counters);
		loses = counters.pages;
		if (loses)
			pr_err("no hibernation: its image would leave out %llu pages of provider %s\n",
			       counters.pages, provider->name);
		memctl_provider_put(provider);
	}
	return loses;
}

static int memctl_hibernation_notify(struct notifier_block *block, unsigned long action, void *arg)
{
	switch (action) {
	case PM_HIBERNATION_PREPARE:
		WRITE_ONCE(memctl_hibernates, true);
		if (!memctl_hibernation_loses())
			break;
		WRITE_ONCE(memctl_hibernates, false);	/* who refuses is not told of the end */
		return notifier_from_errno(-EBUSY);
	case PM_POST_HIBERNATION:
		WRITE_ONCE(memctl_hibernates, false);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block memctl_hibernation_block = {
	.notifier_call = memctl_hibernation_notify,
};

int memctl_hibernation_init(void)
{
	return memctl_mm_is_left_out() ? register_pm_notifier(&memctl_hibernation_block) : 0;
}

void memctl_hibernation_exit(void)
{
	if (memctl_mm_is_left_out())
		unregister_pm_notifier(&memctl_hibernation_block);
}
