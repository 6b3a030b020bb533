// SPDX-License-Identifier: GPL-2.0
/*
 * Finds lru_cache_disable() and the count behind it by their names, and calls it.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/static_call.h>
#include <linux/stddef.h>
#include <linux/swap.h>

#include "mm/lru_disable.h"
#include "mm/symbol.h"

/* of the same type as lru_cache_disable(), which the headers of 7.3 no longer declare */
DEFINE_STATIC_CALL_NULL(memctl_lru_cache_disable, memctl_mm_lru_disable);

static atomic_t *memctl_lru_count;
static char memctl_lru_refusal[MEMCTL_SYMBOL_REFUSAL] = "not looked for yet";

/* Not __init: a static call is patched where it stays. */
int memctl_mm_lru_init(void)
{
	void *disable = memctl_mm_function("lru_cache_disable", memctl_lru_refusal);

	if (!disable)
		return 0;
	memctl_lru_count = memctl_mm_variable("lru_disable_count", memctl_lru_refusal);
	if (!memctl_lru_count)
		return 0;
	static_call_update(memctl_lru_cache_disable, disable);
	memctl_lru_refusal[0] = 0;
	return 0;
}

const char *memctl_mm_lru_refusal(void)
{
	return memctl_lru_refusal[0] ? memctl_lru_refusal : NULL;
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
