// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/shrinker.h>
#include <linux/version.h>

#include "mm/shrink.h"

/* Pages that are asked for in one call. */
#define MEMCTL_SHRINKER_BATCH 512

static const struct memctl_mm_shrinker *memctl_shrinker_calls;

static unsigned long memctl_shrinker_count(struct shrinker *shrinker,
					   struct shrink_control *control)
{
	return memctl_shrinker_calls->count(control->nid) ?: SHRINK_EMPTY;
}

static unsigned long memctl_shrinker_scan(struct shrinker *shrinker,
					  struct shrink_control *control)
{
	unsigned long given = memctl_shrinker_calls->give(control->nid, control->nr_to_scan);

	return given ?: SHRINK_STOP;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
static struct shrinker *memctl_shrinker;

int memctl_mm_shrinker_init(const struct memctl_mm_shrinker *shrinker)
{
	memctl_shrinker_calls = shrinker;
	memctl_shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE, "memctl-warm");
	if (!memctl_shrinker)
		return -ENOMEM;
	memctl_shrinker->count_objects = memctl_shrinker_count;
	memctl_shrinker->scan_objects = memctl_shrinker_scan;
	/* Nothing has to be made again: half goes at each call, whatever the priority. */
	memctl_shrinker->seeks = 0;
	memctl_shrinker->batch = MEMCTL_SHRINKER_BATCH;
	shrinker_register(memctl_shrinker);
	return 0;
}

void memctl_mm_shrinker_exit(void)
{
	shrinker_free(memctl_shrinker);
}
#else
static struct shrinker memctl_shrinker = {
	.count_objects = memctl_shrinker_count,
	.scan_objects = memctl_shrinker_scan,
	.seeks = 0,	/* as above */
	.batch = MEMCTL_SHRINKER_BATCH,
	.flags = SHRINKER_NUMA_AWARE,
};

int memctl_mm_shrinker_init(const struct memctl_mm_shrinker *shrinker)
{
	memctl_shrinker_calls = shrinker;
	return register_shrinker(&memctl_shrinker, "memctl-warm");
}

void memctl_mm_shrinker_exit(void)
{
	unregister_shrinker(&memctl_shrinker);
}
#endif

unsigned long memctl_mm_available(void)
{
	return max(si_mem_available(), 0L);
}

unsigned long memctl_mm_total(void)
{
	return totalram_pages();
}
