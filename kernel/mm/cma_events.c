// SPDX-License-Identifier: GPL-2.0
/*
 * Probes on tracepoints that are not exported: they are found among all of the kernel's.
 *
 * Their arguments differ by version, and a probe with others than its tracepoint's would read
 * what is not there. So the type that the kernel's header gives is what chooses the probe; a
 * tracepoint with arguments unknown here has none, and nothing is told.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/migrate_mode.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "mm/cma_events.h"

#if IS_ENABLED(CONFIG_CMA) && IS_ENABLED(CONFIG_TRACEPOINTS)
#include <trace/events/cma.h>
#include <trace/events/migrate.h>

static const struct memctl_cma_events *memctl_cma_told;

static void memctl_probe_start(void *data, const char *name, unsigned long pages,
			       unsigned int order)
{
	memctl_cma_told->start(name, pages, order);
}

/* since 6.16 */
static void memctl_probe_start_of(void *data, const char *name, unsigned long pages,
				  unsigned long available, unsigned long total, unsigned int order)
{
	memctl_cma_told->start(name, pages, order);
}

static void memctl_probe_busy(void *data, const char *name, unsigned long pfn,
			      const struct page *page, unsigned long pages, unsigned int order)
{
	memctl_cma_told->busy(name, pfn);
}

/* up to 6.2 */
static void memctl_probe_finish(void *data, const char *name, unsigned long pfn,
				const struct page *page, unsigned long pages, unsigned int order)
{
	memctl_cma_told->finish(name, pfn, pages, order, page ? 0 : -ENODATA);
}

static void memctl_probe_finish_error(void *data, const char *name, unsigned long pfn,
				      const struct page *page, unsigned long pages,
				      unsigned int order, int error)
{
	memctl_cma_told->finish(name, pfn, pages, order, page ? 0 : error ?: -ENODATA);
}

static void memctl_probe_release(void *data, const char *name, unsigned long pfn,
				 const struct page *page, unsigned long pages)
{
	memctl_cma_told->release(name, pfn, pages);
}

/* up to 6.2 */
static void memctl_probe_migrate_6(void *data, unsigned long succeeded, unsigned long failed,
				   unsigned long huge, unsigned long huge_failed,
				   unsigned long huge_split, enum migrate_mode mode, int reason)
{
	memctl_cma_told->migrated(succeeded);
}

static void memctl_probe_migrate_7(void *data, unsigned long succeeded, unsigned long failed,
				   unsigned long huge, unsigned long huge_failed,
				   unsigned long huge_split, unsigned long split,
				   enum migrate_mode mode, int reason)
{
	memctl_cma_told->migrated(succeeded);
}

/* since 7.0 */
static void memctl_probe_migrate_for(void *data, unsigned long succeeded, unsigned long failed,
				     unsigned long huge, unsigned long huge_failed,
				     unsigned long huge_split, unsigned long split,
				     enum migrate_mode mode, enum migrate_reason reason)
{
	memctl_cma_told->migrated(succeeded);
}

/* Are the probe's arguments that tracepoint's? */
#define MEMCTL_FITS(tracepoint, probe)						\
	__same_type(&check_trace_callback_type_##tracepoint, (void (*)(typeof(probe) *))NULL)

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tracepoint;
	bool listens;
} memctl_cma_probes[] = {
	{
		.name = "cma_alloc_start",
		.probe = MEMCTL_FITS(cma_alloc_start, memctl_probe_start) ?
				(void *)memctl_probe_start :
			 MEMCTL_FITS(cma_alloc_start, memctl_probe_start_of) ?
				(void *)memctl_probe_start_of : NULL,
	}, {
		.name = "cma_alloc_busy_retry",
		.probe = MEMCTL_FITS(cma_alloc_busy_retry, memctl_probe_busy) ?
				(void *)memctl_probe_busy : NULL,
	}, {
		.name = "cma_alloc_finish",
		.probe = MEMCTL_FITS(cma_alloc_finish, memctl_probe_finish) ?
				(void *)memctl_probe_finish :
			 MEMCTL_FITS(cma_alloc_finish, memctl_probe_finish_error) ?
				(void *)memctl_probe_finish_error : NULL,
	}, {
		.name = "cma_release",
		.probe = MEMCTL_FITS(cma_release, memctl_probe_release) ?
				(void *)memctl_probe_release : NULL,
	}, {
		.name = "mm_migrate_pages",
		.probe = MEMCTL_FITS(mm_migrate_pages, memctl_probe_migrate_6) ?
				(void *)memctl_probe_migrate_6 :
			 MEMCTL_FITS(mm_migrate_pages, memctl_probe_migrate_7) ?
				(void *)memctl_probe_migrate_7 :
			 MEMCTL_FITS(mm_migrate_pages, memctl_probe_migrate_for) ?
				(void *)memctl_probe_migrate_for : NULL,
	},
};

bool memctl_mm_cma_finishes(void)
{
	return !MEMCTL_FITS(cma_alloc_start, memctl_probe_start);
}

static void memctl_cma_find_tracepoint(struct tracepoint *tracepoint, void *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memctl_cma_probes); i++) {
		if (!strcmp(tracepoint->name, memctl_cma_probes[i].name))
			memctl_cma_probes[i].tracepoint = tracepoint;
	}
}

const char *memctl_mm_cma_listen(const struct memctl_cma_events *events)
{
	unsigned int i;

	memctl_cma_told = events;
	for_each_kernel_tracepoint(memctl_cma_find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(memctl_cma_probes); i++) {
		if (!memctl_cma_probes[i].tracepoint || !memctl_cma_probes[i].probe)
			return "this kernel's tracepoints of CMA are not those that memctl knows";
	}
	for (i = 0; i < ARRAY_SIZE(memctl_cma_probes); i++) {
		if (tracepoint_probe_register(memctl_cma_probes[i].tracepoint,
					      memctl_cma_probes[i].probe, NULL)) {
			memctl_mm_cma_deafen();
			return "the kernel's tracepoints of CMA could not be attached to";
		}
		memctl_cma_probes[i].listens = true;
	}
	return NULL;
}

void memctl_mm_cma_deafen(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memctl_cma_probes); i++) {
		if (memctl_cma_probes[i].listens)
			tracepoint_probe_unregister(memctl_cma_probes[i].tracepoint,
						    memctl_cma_probes[i].probe, NULL);
		memctl_cma_probes[i].listens = false;
	}
	tracepoint_synchronize_unregister();
}
#else
bool memctl_mm_cma_finishes(void)
{
	return true;
}

const char *memctl_mm_cma_listen(const struct memctl_cma_events *events)
{
	return "this kernel was built without tracepoints (CONFIG_TRACEPOINTS)";
}

void memctl_mm_cma_deafen(void)
{
}
#endif
