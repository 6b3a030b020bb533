// SPDX-License-Identifier: GPL-2.0
/*
 * The providers: registered by name, listed, counted, gone.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event.h"
#include "provider/provider.h"

/* Guards the list; held by nobody who waits for the VM. */
static DEFINE_MUTEX(memctl_providers_lock);
static LIST_HEAD(memctl_providers);
static unsigned int memctl_providers_generation = 1;	/* grows with each change of the list */

static bool memctl_name_valid(const char *name)
{
	size_t length;

	if (!name || !islower(*name))
		return false;
	for (length = 0; name[length]; length++) {
		char c = name[length];

		if (length == MEMCTL_NAME_MAX ||
		    !(islower(c) || isdigit(c) || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static struct memctl_provider *memctl_provider_lookup(const char *name)
{
	struct memctl_provider *provider;

	lockdep_assert_held(&memctl_providers_lock);
	list_for_each_entry(provider, &memctl_providers, list) {
		if (!strcmp(provider->name, name))
			return provider;
	}
	return NULL;
}

static void memctl_provider_release(struct kref *ref)
{
	struct memctl_provider *provider = container_of(ref, struct memctl_provider, ref);

	xa_destroy(&provider->pages);
	kfree(provider);
}

void memctl_provider_put(struct memctl_provider *provider)
{
	kref_put(&provider->ref, memctl_provider_release);
}

struct memctl_provider *
memctl_provider_register(const char *name, const struct memctl_movable_ops *ops, void *data)
{
	struct memctl_provider *provider;

	if (!memctl_name_valid(name) || !ops || !ops->migrate)
		return ERR_PTR(-EINVAL);
	if (memctl_mm_bind_refusal()) {
		pr_info("provider %s: %s\n", name, memctl_mm_bind_refusal());
		return ERR_PTR(-EOPNOTSUPP);
	}
	provider = kzalloc(sizeof(*provider), GFP_KERNEL);
	if (!provider)
		return ERR_PTR(-ENOMEM);
	strscpy(provider->name, name, sizeof(provider->name));
	provider->ops = ops;
	provider->data = data;
	provider->node = NUMA_NO_NODE;
	kref_init(&provider->ref);
	spin_lock_init(&provider->lock);
	xa_init(&provider->pages);
	INIT_LIST_HEAD(&provider->isolated);
	INIT_LIST_HEAD(&provider->freed);
	INIT_LIST_HEAD(&provider->rounds);
	INIT_LIST_HEAD(&provider->closing);
	init_waitqueue_head(&provider->wait);
	INIT_DELAYED_WORK(&provider->sweep, memctl_sweep);

	mutex_lock(&memctl_providers_lock);
	if (memctl_provider_lookup(name)) {
		mutex_unlock(&memctl_providers_lock);
		memctl_provider_put(provider);
		return ERR_PTR(-EEXIST);
	}
	list_add_tail(&provider->list, &memctl_providers);
	memctl_providers_generation++;
	mutex_unlock(&memctl_providers_lock);
	memctl_netlink_provider(provider, MEMCTL_C_PROVIDER_ADDED);
	return provider;
}
EXPORT_SYMBOL_GPL(memctl_provider_register);

static bool memctl_provider_quiet(struct memctl_provider *provider)
{
	bool quiet;

	spin_lock(&provider->lock);
	quiet = !provider->counters.pages && !provider->unfreed &&
		list_empty(&provider->rounds) && list_empty(&provider->closing) &&
		!provider->finishing;
	spin_unlock(&provider->lock);
	return quiet;
}

void memctl_provider_unregister(struct memctl_provider *provider)
{
	struct memctl_page *mp;
	unsigned long pfn;

	spin_lock(&provider->lock);
	provider->closed = true;
	spin_unlock(&provider->lock);
	for (;;) {
		/* Again, for a page may have moved to where this has been already. */
		xa_for_each(&provider->pages, pfn, mp)
			memctl_page_try_unmake(mp);
		if (memctl_provider_quiet(provider))
			break;
		memctl_sweep_now(provider);
		flush_delayed_work(&provider->sweep);
		schedule_timeout_uninterruptible(1);
	}
	cancel_delayed_work_sync(&provider->sweep);

	mutex_lock(&memctl_providers_lock);
	list_del(&provider->list);
	memctl_providers_generation++;
	mutex_unlock(&memctl_providers_lock);
	memctl_netlink_provider(provider, MEMCTL_C_PROVIDER_REMOVED);
	memctl_provider_put(provider);
}
EXPORT_SYMBOL_GPL(memctl_provider_unregister);

unsigned int memctl_movable_version(void)
{
	return MEMCTL_MOVABLE_VERSION;
}
EXPORT_SYMBOL_GPL(memctl_movable_version);

void *memctl_provider_data(const struct memctl_provider *provider)
{
	return provider->data;
}
EXPORT_SYMBOL_GPL(memctl_provider_data);

int memctl_provider_prefer_node(struct memctl_provider *provider, int node)
{
	if (node != NUMA_NO_NODE &&
	    (node < 0 || node >= MAX_NUMNODES || !node_state(node, N_MEMORY)))
		return -EINVAL;
	WRITE_ONCE(provider->node, node);
	return 0;
}
EXPORT_SYMBOL_GPL(memctl_provider_prefer_node);

/* A provider with a reference, or NULL. */
struct memctl_provider *memctl_provider_find(const char *name)
{
	struct memctl_provider *provider;

	mutex_lock(&memctl_providers_lock);
	provider = memctl_provider_lookup(name);
	if (provider)
		kref_get(&provider->ref);
	mutex_unlock(&memctl_providers_lock);
	return provider;
}

/* The provider at a place of the list, with a reference; NULL behind the last. */
struct memctl_provider *memctl_provider_at(unsigned int index)
{
	struct memctl_provider *provider, *found = NULL;

	mutex_lock(&memctl_providers_lock);
	list_for_each_entry(provider, &memctl_providers, list) {
		if (!index--) {
			kref_get(&provider->ref);
			found = provider;
			break;
		}
	}
	mutex_unlock(&memctl_providers_lock);
	return found;
}

/* Not the same twice: the list has changed in between. Never 0. */
unsigned int memctl_provider_generation(void)
{
	unsigned int generation;

	mutex_lock(&memctl_providers_lock);
	generation = memctl_providers_generation ?: 1;
	mutex_unlock(&memctl_providers_lock);
	return generation;
}

void memctl_provider_counters(struct memctl_provider *provider, struct memctl_counters *counters)
{
	spin_lock(&provider->lock);
	*counters = provider->counters;
	spin_unlock(&provider->lock);
}

bool memctl_provider_name(const void *which, char *name)
{
	struct memctl_provider *provider;
	bool found = false;

	mutex_lock(&memctl_providers_lock);
	list_for_each_entry(provider, &memctl_providers, list) {
		found = provider == which;
		if (found) {
			strscpy(name, provider->name, MEMCTL_NAME_MAX + 1);
			break;
		}
	}
	mutex_unlock(&memctl_providers_lock);
	return found;
}
