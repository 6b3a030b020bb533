// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading.
 */
#include <linux/err.h>
#include <linux/module.h>

#include "provider.h"

struct memctl_provider *test_provider;

static int __init test_init(void)
{
	test_provider = memctl_provider_register("test", &test_ops, NULL);
	if (IS_ERR(test_provider))
		return PTR_ERR(test_provider);
	test_control_init();
	return 0;
}

/* The pages are still there when the provider goes, some of them isolated. */
static void __exit test_exit(void)
{
	test_control_exit();
	test_queue_end();
	memctl_provider_unregister(test_provider);
	test_pages_end();
	test_counters_end();
}

module_init(test_init);
module_exit(test_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The memctl authors");
MODULE_DESCRIPTION("A provider that injects faults, for memctl's tests");
