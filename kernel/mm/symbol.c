// SPDX-License-Identifier: GPL-2.0
/*
 * Finds what the kernel does not export.
 *
 * A kprobe gives the address of kallsyms_lookup_name() (with IBT, 4 bytes into it),
 * which finds the rest. The calls are static calls: on x86 the kernel writes them into
 * our code as direct ones, which neither IBT nor CFI minds; there is nothing to undo,
 * as their keys go with the module. Elsewhere they go through a pointer, and are made
 * only where that cannot trap.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>

#include "mm/landing.h"
#include "mm/symbol.h"

#ifdef CONFIG_HAVE_STATIC_CALL
#define MEMCTL_GUARDS 0
#else
#define MEMCTL_GUARDS								\
	((IS_ENABLED(CONFIG_X86_KERNEL_IBT) ? MEMCTL_GUARD_IBT : 0) |		\
	 (IS_ENABLED(CONFIG_ARM64_BTI_KERNEL) ? MEMCTL_GUARD_BTI : 0) |		\
	 (IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI) ? MEMCTL_GUARD_CFI : 0))
#endif

DEFINE_STATIC_CALL_NULL(memctl_kallsyms, kallsyms_lookup_name);

static char memctl_symbols_refusal[MEMCTL_SYMBOL_REFUSAL] = "not looked for yet";

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

static bool memctl_may_land(const char *name, const void *code, char *refusal)
{
	const char *words = memctl_landing_refusal(code, MEMCTL_GUARDS);

	if (words)
		snprintf(refusal, MEMCTL_SYMBOL_REFUSAL, "%s() cannot be called: %s", name, words);
	return !words;
}

/* Not __init: a static call is patched where it stays. */
int memctl_mm_symbols_init(void)
{
	static const char lookup[] = "kallsyms_lookup_name";
	void *found = memctl_probe(lookup);

	if (!IS_ENABLED(CONFIG_KPROBES)) {
		strscpy(memctl_symbols_refusal,
			"this kernel has no kprobes, by which functions are found",
			sizeof(memctl_symbols_refusal));
	} else if (!found) {
		snprintf(memctl_symbols_refusal, sizeof(memctl_symbols_refusal),
			 "%s() cannot be found by a kprobe on this kernel", lookup);
	} else if (memctl_may_land(lookup, found, memctl_symbols_refusal)) {
		static_call_update(memctl_kallsyms, found);
		memctl_symbols_refusal[0] = 0;
	}
	return 0;
}

static void *memctl_symbol(const char *name, char *refusal)
{
	if (!memctl_symbols_refusal[0])
		return (void *)static_call(memctl_kallsyms)(name);
	strscpy(refusal, memctl_symbols_refusal, MEMCTL_SYMBOL_REFUSAL);
	return NULL;
}

void *memctl_mm_function(const char *name, char *refusal)
{
	void *found;

	snprintf(refusal, MEMCTL_SYMBOL_REFUSAL, "this kernel has no function %s()", name);
	found = memctl_symbol(name, refusal);
	return found && memctl_may_land(name, found, refusal) ? found : NULL;
}

void *memctl_mm_variable(const char *name, char *refusal)
{
	snprintf(refusal, MEMCTL_SYMBOL_REFUSAL,
		 "this kernel's %s is not in its table of symbols", name);
	return memctl_symbol(name, refusal);
}
