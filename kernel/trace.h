/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints memctl:*, the life of a page under migration, and leases. Pages are given as pfns.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM memctl

#if !defined(MEMCTL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MEMCTL_TRACE_H

#include <linux/tracepoint.h>

#include "provider/provider.h"

TRACE_EVENT(memctl_isolate,
	TP_PROTO(const struct memctl_page *mp, bool taken),
	TP_ARGS(mp, taken),
	TP_STRUCT__entry(
		__array(char, provider, MEMCTL_NAME_MAX + 1)
		__field(unsigned long, pfn)
		__field(bool, taken)
	),
	TP_fast_assign(
		memcpy(__entry->provider, mp->provider->name, MEMCTL_NAME_MAX + 1);
		__entry->pfn = page_to_pfn(mp->page);
		__entry->taken = taken;
	),
	TP_printk("provider=%s pfn=0x%lx taken=%d", __entry->provider, __entry->pfn,
		  __entry->taken)
);

TRACE_EVENT(memctl_round,
	TP_PROTO(const char *provider, unsigned int pages),
	TP_ARGS(provider, pages),
	TP_STRUCT__entry(
		__array(char, provider, MEMCTL_NAME_MAX + 1)
		__field(unsigned int, pages)
	),
	TP_fast_assign(
		memcpy(__entry->provider, provider, MEMCTL_NAME_MAX + 1);
		__entry->pages = pages;
	),
	TP_printk("provider=%s pages=%u", __entry->provider, __entry->pages)
);

TRACE_EVENT(memctl_migrate,
	TP_PROTO(const char *provider, unsigned long src, unsigned long dst, int error),
	TP_ARGS(provider, src, dst, error),
	TP_STRUCT__entry(
		__array(char, provider, MEMCTL_NAME_MAX + 1)
		__field(unsigned long, src)
		__field(unsigned long, dst)
		__field(int, error)
	),
	TP_fast_assign(
		memcpy(__entry->provider, provider, MEMCTL_NAME_MAX + 1);
		__entry->src = src;
		__entry->dst = dst;
		__entry->error = error;
	),
	TP_printk("provider=%s src=0x%lx dst=0x%lx error=%d", __entry->provider, __entry->src,
		  __entry->dst, __entry->error)
);

TRACE_EVENT(memctl_putback,
	TP_PROTO(const struct memctl_page *mp),
	TP_ARGS(mp),
	TP_STRUCT__entry(
		__array(char, provider, MEMCTL_NAME_MAX + 1)
		__field(unsigned long, pfn)
	),
	TP_fast_assign(
		memcpy(__entry->provider, mp->provider->name, MEMCTL_NAME_MAX + 1);
		__entry->pfn = page_to_pfn(mp->page);
	),
	TP_printk("provider=%s pfn=0x%lx", __entry->provider, __entry->pfn)
);

TRACE_EVENT(memctl_lru_hold,
	TP_PROTO(u64 id, u32 pid, u64 left, unsigned int leases),
	TP_ARGS(id, pid, left, leases),
	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, left)
		__field(u32, pid)
		__field(unsigned int, leases)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->left = left;
		__entry->pid = pid;
		__entry->leases = leases;
	),
	TP_printk("id=%llu pid=%u left=%llu leases=%u", __entry->id, __entry->pid, __entry->left,
		  __entry->leases)
);

TRACE_EVENT(memctl_lru_end,
	TP_PROTO(u64 id, u32 pid, u64 held, unsigned int cause, unsigned int leases),
	TP_ARGS(id, pid, held, cause, leases),
	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, held)
		__field(u32, pid)
		__field(unsigned int, cause)
		__field(unsigned int, leases)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->held = held;
		__entry->pid = pid;
		__entry->cause = cause;
		__entry->leases = leases;
	),
	TP_printk("id=%llu pid=%u held=%llu cause=%u leases=%u", __entry->id, __entry->pid,
		  __entry->held, __entry->cause, __entry->leases)
);

#endif /* MEMCTL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
