/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * CMA areas on the wire of memctl.h, which includes this: what is allocated in them,
 * by whom, and what failed. All of it needs CAP_SYS_ADMIN. What is counted, is counted
 * since the module was loaded; memory allocated before is found by looking at pages.
 *
 * MEMCTL_C_CMA: a dump, without attributes, of all areas, ascending by START_PFN; answers
 *	with a CMA_AREA nest each. -EOPNOTSUPP: this kernel has no CMA, or it cannot be
 *	watched here; the text says why, as CMA_REASON in INFO does.
 * MEMCTL_C_CMA_MAP: which pieces of the area AREA (needed) are allocated. A dump: answers
 *	with messages that each have START_PFN and END_PFN of what they tell, ascending,
 *	MEMCTL_CMA_MAP_MAX pieces at most, and CMA_MAP with a bit for each piece of
 *	1 << MEMCTL_CMA_A_ORDER_PER_BIT pages. Holes between an area's ranges are not told.
 *	-ENOENT: no such area.
 * MEMCTL_C_CMA_HOLDER: a dump of what is allocated in AREA (needed), ascending by pfn:
 *	a CMA_HOLDER nest for each allocation. -ENOENT: no such area.
 * MEMCTL_C_CMA_FAILURE: a dump, without attributes: the last MEMCTL_CMA_FAILURES_MAX failures of
 *	all areas, oldest first: a CMA_FAILURE nest each.
 * MEMCTL_C_CMA_FAILED: event with a CMA_FAILURE nest, once its cause was found out. At most
 *	MEMCTL_CMA_EVENTS_MAX are sent in a second; what is left out can be asked for.
 */
#ifndef UAPI_MEMCTL_CMA_H
#define UAPI_MEMCTL_CMA_H

#define MEMCTL_CMA_MAP_MAX	8192
#define MEMCTL_CMA_FAILURES_MAX	64
#define MEMCTL_CMA_EVENTS_MAX	16

/* Allocations by size: of 1 page, of 2, of 3 or 4, of 5 to 8 ...; the last has all above. */
#define MEMCTL_CMA_ORDERS	24

/* The longest name of an area, in bytes, without its NUL. */
#define MEMCTL_CMA_NAME_MAX	63

/**
 * enum memctl_cma_attribute - of a CMA_AREA nest
 * @MEMCTL_CMA_A_PAD: alignment
 * @MEMCTL_CMA_A_NAME: string, as /sys/kernel/mm/cma has it: "reserved", "linux,cma"
 * @MEMCTL_CMA_A_START_PFN: u64, of its first range
 * @MEMCTL_CMA_A_END_PFN: u64, behind its last range
 * @MEMCTL_CMA_A_RANGE: nest of enum memctl_cma_range_attribute, repeated, ascending
 * @MEMCTL_CMA_A_NODE: u32, of its first page
 * @MEMCTL_CMA_A_ZONE: string, of its first page: "DMA32", "Normal"
 * @MEMCTL_CMA_A_PAGES: u64, of all ranges
 * @MEMCTL_CMA_A_ORDER_PER_BIT: u32; the map's pieces are of 1 << this pages: 0 for now, as the
 *	kernel does not tell its own
 * @MEMCTL_CMA_A_USED: u64, pages allocated now
 * @MEMCTL_CMA_A_LARGEST_FREE: u64, pages, the longest run that is not allocated
 * @MEMCTL_CMA_A_FREE_RUNS: u64
 * @MEMCTL_CMA_A_BEFORE: u64, pages of USED that were allocated before the module was
 *	loaded and not released since: their extent was found by looking at pages
 * @MEMCTL_CMA_A_UNKNOWN: u64, pages whose state could not be told at load, counted as
 *	not allocated
 * @MEMCTL_CMA_A_SUCCEEDED: u64, allocations
 * @MEMCTL_CMA_A_FAILED: u64, allocations that failed
 * @MEMCTL_CMA_A_RELEASED: u64, releases
 * @MEMCTL_CMA_A_RETRIED: u64, times that the kernel went on to another place, as the pages
 *	of one were busy
 * @MEMCTL_CMA_A_MIGRATED: u64, pages that were moved away for allocations in the area
 * @MEMCTL_CMA_A_PEAK: u64, pages, the most that was allocated at a time
 * @MEMCTL_CMA_A_NEEDED: u64, pages, the least size of an area with which none of these
 *	allocations would have failed for want of room: first fit at each one's alignment,
 *	failed ones included, for as long as they were asked for; what was allocated before
 *	the module was loaded is in it, packed
 * @MEMCTL_CMA_A_BY_ORDER: array of MEMCTL_CMA_ORDERS u64: allocations asked for, by size
 * @MEMCTL_CMA_A_BY_CAUSE: array of u64: failures by enum memctl_cma_cause
 * @MEMCTL_CMA_A_ALIGN_MAX: u64, pages, the largest alignment that was asked for
 * @MEMCTL_CMA_A_LOST: u64, events that found no memory to be noted in: what was allocated
 *	or released by them is found by looking at pages
 */
enum memctl_cma_attribute {
	MEMCTL_CMA_A_UNSPEC,
	MEMCTL_CMA_A_PAD,
	MEMCTL_CMA_A_NAME,
	MEMCTL_CMA_A_START_PFN,
	MEMCTL_CMA_A_END_PFN,
	MEMCTL_CMA_A_RANGE,
	MEMCTL_CMA_A_NODE,
	MEMCTL_CMA_A_ZONE,
	MEMCTL_CMA_A_PAGES,
	MEMCTL_CMA_A_ORDER_PER_BIT,
	MEMCTL_CMA_A_USED,
	MEMCTL_CMA_A_LARGEST_FREE,
	MEMCTL_CMA_A_FREE_RUNS,
	MEMCTL_CMA_A_BEFORE,
	MEMCTL_CMA_A_UNKNOWN,
	MEMCTL_CMA_A_SUCCEEDED,
	MEMCTL_CMA_A_FAILED,
	MEMCTL_CMA_A_RELEASED,
	MEMCTL_CMA_A_RETRIED,
	MEMCTL_CMA_A_MIGRATED,
	MEMCTL_CMA_A_PEAK,
	MEMCTL_CMA_A_NEEDED,
	MEMCTL_CMA_A_BY_ORDER,
	MEMCTL_CMA_A_BY_CAUSE,
	MEMCTL_CMA_A_ALIGN_MAX,
	MEMCTL_CMA_A_LOST,

	__MEMCTL_CMA_A_END,
	MEMCTL_CMA_A_MAX = __MEMCTL_CMA_A_END - 1,
};

/**
 * enum memctl_cma_range_attribute - of a RANGE nest
 * @MEMCTL_CMA_R_PAD: alignment
 * @MEMCTL_CMA_R_START_PFN: u64
 * @MEMCTL_CMA_R_END_PFN: u64, behind its last page
 */
enum memctl_cma_range_attribute {
	MEMCTL_CMA_R_UNSPEC,
	MEMCTL_CMA_R_PAD,
	MEMCTL_CMA_R_START_PFN,
	MEMCTL_CMA_R_END_PFN,

	__MEMCTL_CMA_R_END,
	MEMCTL_CMA_R_MAX = __MEMCTL_CMA_R_END - 1,
};

/**
 * enum memctl_holder_attribute - of a CMA_HOLDER nest: an allocation, or a run of pages that
 *	were allocated before the module was loaded
 * @MEMCTL_H_PAD: alignment
 * @MEMCTL_H_START_PFN: u64
 * @MEMCTL_H_PAGES: u64
 * @MEMCTL_H_ALIGN: u64, pages; missing for what is from before
 * @MEMCTL_H_PID: u32, the process that allocated, in the first pid namespace; missing
 *	for what is from before and for the kernel's own threads' work without one
 * @MEMCTL_H_COMM: string, that process's name when it did
 * @MEMCTL_H_OWNER: string, the driver: the module, or the first function outside of the
 *	allocator, that asked
 * @MEMCTL_H_AGE: u64, nanoseconds since it was allocated; missing for what is from before
 */
enum memctl_holder_attribute {
	MEMCTL_H_UNSPEC,
	MEMCTL_H_PAD,
	MEMCTL_H_START_PFN,
	MEMCTL_H_PAGES,
	MEMCTL_H_ALIGN,
	MEMCTL_H_PID,
	MEMCTL_H_COMM,
	MEMCTL_H_OWNER,
	MEMCTL_H_AGE,

	__MEMCTL_H_END,
	MEMCTL_H_MAX = __MEMCTL_H_END - 1,
};

/**
 * enum memctl_cma_failure_attribute - of a CMA_FAILURE nest
 * @MEMCTL_CF_PAD: alignment
 * @MEMCTL_CF_SERIAL: u64, counts failures from 1 on
 * @MEMCTL_CF_NAME: string, the area
 * @MEMCTL_CF_PAGES: u64, asked for
 * @MEMCTL_CF_ALIGN: u64, pages
 * @MEMCTL_CF_ERRNO: u32, positive
 * @MEMCTL_CF_CAUSE: u32, enum memctl_cma_cause
 * @MEMCTL_CF_FREE: u64, pages of the area that were not allocated
 * @MEMCTL_CF_LARGEST_FREE: u64, pages, the longest such run
 * @MEMCTL_CF_RETRIED: u64, places that were tried and were busy
 * @MEMCTL_CF_PFN: u64, the page that did not move; with PINNED, UNMOVABLE and TRANSIENT,
 *	if it was found
 * @MEMCTL_CF_CLASS: u32, enum memctl_class, of that page
 * @MEMCTL_CF_PAGE_OWNER: string, whose that page is; missing where nothing more than the class
 *	is known
 * @MEMCTL_CF_OTHER_AREA: string, an area in which the request would have found room;
 *	with WRONG_AREA
 * @MEMCTL_CF_PID: u32, who asked, as in memctl_holder_attribute
 * @MEMCTL_CF_COMM: string
 * @MEMCTL_CF_OWNER: string, the driver
 * @MEMCTL_CF_AGE: u64, nanoseconds since it failed
 */
enum memctl_cma_failure_attribute {
	MEMCTL_CF_UNSPEC,
	MEMCTL_CF_PAD,
	MEMCTL_CF_SERIAL,
	MEMCTL_CF_NAME,
	MEMCTL_CF_PAGES,
	MEMCTL_CF_ALIGN,
	MEMCTL_CF_ERRNO,
	MEMCTL_CF_CAUSE,
	MEMCTL_CF_FREE,
	MEMCTL_CF_LARGEST_FREE,
	MEMCTL_CF_RETRIED,
	MEMCTL_CF_PFN,
	MEMCTL_CF_CLASS,
	MEMCTL_CF_PAGE_OWNER,
	MEMCTL_CF_OTHER_AREA,
	MEMCTL_CF_PID,
	MEMCTL_CF_COMM,
	MEMCTL_CF_OWNER,
	MEMCTL_CF_AGE,

	__MEMCTL_CF_END,
	MEMCTL_CF_MAX = __MEMCTL_CF_END - 1,
};

/**
 * enum memctl_cma_cause - why an allocation failed; the first that fits
 * @MEMCTL_CMA_UNKNOWN: none of these
 * @MEMCTL_CMA_INTERRUPTED: a fatal signal came
 * @MEMCTL_CMA_TOO_SMALL: more was asked for than the area has, or than was not allocated,
 *	and no other area had room for it
 * @MEMCTL_CMA_WRONG_AREA: the same, but another area had room
 * @MEMCTL_CMA_FRAGMENTED: enough was not allocated, but in no run that fits
 * @MEMCTL_CMA_PINNED: there were runs that fit; a page in them is pinned: a device or a
 *	process has a reference to it
 * @MEMCTL_CMA_UNMOVABLE: the same, with a page that cannot be moved
 * @MEMCTL_CMA_TRANSIENT: the same, but nothing was in the way any more a moment later:
 *	the page was isolated or under writeback
 * @MEMCTL_CMA_NO_MEMORY: what was in the way found no room outside of the area
 */
enum memctl_cma_cause {
	MEMCTL_CMA_UNKNOWN,
	MEMCTL_CMA_INTERRUPTED,
	MEMCTL_CMA_TOO_SMALL,
	MEMCTL_CMA_WRONG_AREA,
	MEMCTL_CMA_FRAGMENTED,
	MEMCTL_CMA_PINNED,
	MEMCTL_CMA_UNMOVABLE,
	MEMCTL_CMA_TRANSIENT,
	MEMCTL_CMA_NO_MEMORY,

	__MEMCTL_CMA_CAUSE_END,
	MEMCTL_CMA_CAUSE_MAX = __MEMCTL_CMA_CAUSE_END - 1,
};

#endif /* UAPI_MEMCTL_CMA_H */
