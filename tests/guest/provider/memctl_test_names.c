// SPDX-License-Identifier: GPL-2.0
/*
 * Many providers without pages, "many0" and on, so that a dump of them takes more
 * than one message; or one with a name of the user's, good or bad: loading fails
 * with the error that registration gave.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <memctl/movable.h>

static unsigned int count;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "how many providers to register");

static char *name;
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "one provider more, of this name");

static struct memctl_provider **names_providers;
static unsigned int names_nr;

static int names_migrate(struct memctl_page *page, struct page *dst, enum migrate_mode mode)
{
	return -EBUSY;
}

static const struct memctl_movable_ops names_ops = {
	.migrate = names_migrate,
};

static int names_add(const char *provider_name)
{
	struct memctl_provider *provider;

	provider = memctl_provider_register(provider_name, &names_ops, NULL);
	if (IS_ERR(provider))
		return PTR_ERR(provider);
	names_providers[names_nr++] = provider;
	return 0;
}

static void names_exit(void)
{
	while (names_nr)
		memctl_provider_unregister(names_providers[--names_nr]);
	kvfree(names_providers);
}

static int __init names_init(void)
{
	unsigned int i;
	int err = 0;

	names_providers = kvcalloc(count + 1, sizeof(struct memctl_provider *), GFP_KERNEL);
	if (!names_providers)
		return -ENOMEM;
	for (i = 0; i < count && !err; i++) {
		char many[MEMCTL_NAME_MAX + 1];

		snprintf(many, sizeof(many), "many%u", i);
		err = names_add(many);
	}
	if (!err && name)
		err = names_add(name);
	if (err)
		names_exit();
	return err;
}

module_init(names_init);
module_exit(names_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("Providers without pages, for memctl's tests");
