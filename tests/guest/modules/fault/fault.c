// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does something wrong when it is loaded, for tests of what notices:
 *
 *   kind=none       nothing
 *   kind=overrun    writes behind its memory (KASAN)
 *   kind=order      takes two locks in either order (lockdep)
 *   kind=atomic     sleeps under a spin lock
 *   kind=leak       forgets memory (kmemleak)
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "what to do wrong");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);

static int overrun(void)
{
	size_t size = 24;
	char *memory = kmalloc(size, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(size);
	memory[size] = 1;
	kfree(memory);
	return 0;
}

static int order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static int atomic(void)
{
	spin_lock(&spin);
	mutex_lock(&first);
	mutex_unlock(&first);
	spin_unlock(&spin);
	return 0;
}

static int leak(void)
{
	int i;

	/* Several: a stale pointer on some stack may still find one. */
	for (i = 0; i < 8; i++) {
		void *memory = kzalloc(512, GFP_KERNEL);

		if (!memory)
			return -ENOMEM;
		OPTIMIZER_HIDE_VAR(memory);
	}
	return 0;
}

static int __init fault_init(void)
{
	static const struct {
		const char *name;
		int (*function)(void);
	} kinds[] = {
		{ "overrun", overrun },
		{ "order", order },
		{ "atomic", atomic },
		{ "leak", leak },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i].name))
			return kinds[i].function();
	return strcmp(kind, "none") ? -EINVAL : 0;
}
module_init(fault_init);

static void __exit fault_exit(void)
{
}
module_exit(fault_exit);

MODULE_DESCRIPTION("Faults to be noticed");
MODULE_LICENSE("GPL");
