// SPDX-License-Identifier: GPL-2.0
/*
 * Finds lru_cache_disable() and the count behind it by their names, and calls it.
 *
 * A kprobe gives the address of kallsyms_lookup_name() (with IBT, 4 bytes into it),
 * which finds the rest. The calls are static calls: on x86 the kernel writes them into
 * our code as direct ones, which neither IBT nor CFI minds; there is nothing to undo,
 * as their keys go with the module. Elsewhere they go through a pointer, and are made
 * only where that cannot trap.
 */
#include <linux/atomic.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <linux/swap.h>

#include "mm/landing.h"
#include "mm/lru_disable.h"

#ifdef CONFIG_HAVE_STATIC_CALL
#define MEMCTL_GUARDS 0
#else
#define MEMCTL_GUARDS								\
	((IS_ENABLED(CONFIG_X86_KERNEL_IBT) ? MEMCTL_GUARD_IBT : 0) |		\
	 (IS_ENABLED(CONFIG_ARM64_BTI_KERNEL) ? MEMCTL_GUARD_BTI : 0) |		\
	 (IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI) ? MEMCTL_GUARD_CFI : 0))
#endif

DEFINE_STATIC_CALL_NULL(memctl_kallsyms, kallsyms_lookup_name);
/* of the same type as lru_cache_disable(), which the headers of 7.3 no longer declare */
DEFINE_STATIC_CALL_NULL(memctl_lru_cache_disable, memctl_mm_lru_disable);

static atomic_t *memctl_lru_count;
static const char *memctl_lru_refusal = "not looked for yet";

#if IS_ENABLED(CONFIG_KPROBES)
static void *memctl_probe(const char *symbol)
{
	struct kprobe probe = { .symbol_name = symbol };

	if (register_kprobe(&probe))
		return NULL;
	unregister_kprobe(&probe);
	return probe.addr;
}
#else
static void *memctl_probe(const char *symbol)
{
	return NULL;
}
#endif

/* Not __init: a static call is patched where it stays. */
static const char *memctl_lru_find(void)
{
	void *lookup, *disable;
	const char *refusal;

	if (!IS_ENABLED(CONFIG_KPROBES))
		return "this kernel has no kprobes, by which lru_cache_disable() is found";
	lookup = memctl_probe("kallsyms_lookup_name");
	if (!lookup)
		return "kallsyms_lookup_name() cannot be found by a kprobe on this kernel";
	refusal = memctl_landing_refusal(lookup, MEMCTL_GUARDS);
	if (refusal)
		return refusal;
	static_call_update(memctl_kallsyms, lookup);

	disable = (void *)static_call(memctl_kallsyms)("lru_cache_disable");
	if (!disable)
		return "this kernel has no function lru_cache_disable()";
	memctl_lru_count = (atomic_t *)static_call(memctl_kallsyms)("lru_disable_count");
	if (!memctl_lru_count)
		return "this kernel's lru_disable_count is not in its table of symbols";
	refusal = memctl_landing_refusal(disable, MEMCTL_GUARDS);
	if (refusal)
		return refusal;
	static_call_update(memctl_lru_cache_disable, disable);
	return NULL;
}

int memctl_mm_lru_init(void)
{
	memctl_lru_refusal = memctl_lru_find();
	return 0;
}

const char *memctl_mm_lru_refusal(void)
{
	return memctl_lru_refusal;
}

void memctl_mm_lru_disable(void)
{
	static_call(memctl_lru_cache_disable)();
}

/* What the kernel's inline lru_cache_enable() does. */
void memctl_mm_lru_enable(void)
{
	atomic_dec(memctl_lru_count);
}

unsigned int memctl_mm_lru_disabled(void)
{
	return atomic_read(memctl_lru_count);
}
