// SPDX-License-Identifier: GPL-2.0
/*
 * The driver is the first caller behind the allocator: CMA itself, and the layers through which
 * drivers come to it. A function of a module is told as the module.
 */
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "cma/holder.h"
#include "survey/survey.h"

/* Frames: ours, the tracepoint's and the allocator's come before the caller. */
#define MEMCTL_FRAMES	24

/* CMA's own functions, by the whole name. */
static const char * const memctl_cma_functions[] = {
	"cma_alloc", "__cma_alloc", "cma_range_alloc", "cma_alloc_folio", "cma_alloc_frozen",
	"__cma_alloc_frozen", "cma_alloc_frozen_compound",
};

/* What drivers call that calls CMA, by how the names begin. */
static const char * const memctl_cma_layers[] = {
	"dma_", "__dma_", "dmam_", "iommu_dma_", "__iommu_dma_", "arm_dma_", "__arm_dma_",
	"arm_coherent_dma_", "vb2_dc_alloc", "drm_gem_dma_",
};

/* The compiler's parts of a function are that function: "cma_range_alloc.isra.0". */
static bool memctl_is_cma(const char *symbol)
{
	size_t length = strcspn(symbol, ".");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memctl_cma_functions); i++) {
		if (strlen(memctl_cma_functions[i]) == length &&
		    !memcmp(symbol, memctl_cma_functions[i], length))
			return true;
	}
	return false;
}

static bool memctl_is_layer(const char *symbol)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memctl_cma_layers); i++) {
		if (!strncmp(symbol, memctl_cma_layers[i], strlen(memctl_cma_layers[i])))
			return true;
	}
	return false;
}

/* Not before the frames of CMA: those are ours, and the tracepoint's. */
static void memctl_cma_owner(char *owner)
{
	char symbol[MEMCTL_OWNER_MAX + 1], module[MEMCTL_OWNER_MAX + 1];
	unsigned long frames[MEMCTL_FRAMES];
	unsigned int nr = 0, i;
	bool begun = false;

#if IS_ENABLED(CONFIG_STACKTRACE)
	nr = stack_trace_save(frames, MEMCTL_FRAMES, 0);
#endif
	for (i = 0; i < nr; i++) {
		/* where the call is, not what is behind it: that may be another function */
		if (!memctl_owner_symbol((const void *)(frames[i] - 1), symbol, module))
			continue;
		if (!module[0] && memctl_is_cma(symbol)) {
			begun = true;
		} else if (begun && !memctl_is_layer(symbol)) {
			strscpy(owner, module[0] ? module : symbol, MEMCTL_OWNER_MAX + 1);
			return;
		}
	}
}

void memctl_cma_who_asks(struct memctl_cma_who *who)
{
	memset(who, 0, sizeof(*who));
	strscpy(who->comm, current->group_leader->comm, sizeof(who->comm));
	if (!(current->flags & PF_KTHREAD))
		who->pid = task_tgid_nr(current);
	memctl_cma_owner(who->owner);
}
