/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The wire between memctl.ko and user space: generic netlink family "memctl".
 *
 * All messages are checked strictly: an unknown, short, long or missing
 * attribute is an error with an extended-acknowledgement text. Numbers are in
 * host order. A pfn counts pages of MEMCTL_A_PAGE_SIZE bytes.
 */
#ifndef UAPI_MEMCTL_H
#define UAPI_MEMCTL_H

#define MEMCTL_GENL_NAME	"memctl"
#define MEMCTL_GENL_VERSION	1
#define MEMCTL_GENL_EVENTS	"events"	/* the multicast group */

/**
 * enum memctl_command - requests, and events
 * @MEMCTL_C_INFO: no attributes. Answers with VERSION, ABILITIES, BINDING,
 *	KERNEL and PAGE_SIZE. Anyone may ask.
 * @MEMCTL_C_PROVIDER: a dump, without attributes, of all providers in order of
 *	registration; or, not as a dump, the provider of that NAME (-ENOENT).
 *	Answers with a PROVIDER nest. Anyone may ask.
 * @MEMCTL_C_EVACUATE: moves the providers' pages of [START_PFN, END_PFN) to
 *	pages outside it; needs CAP_NET_ADMIN. So that it is bounded, one request
 *	looks at PFNS_MAX pfns at most (optional; 1 to MEMCTL_EVACUATE_MAX, the
 *	default), from NEXT_PFN on (optional; else from START_PFN). Targets are on
 *	NODE (optional; else near each page). Answers with NEXT_PFN for the next
 *	request of the same range (END_PFN: all was looked at), with MOVED and
 *	FAILED. A signal ends a request early, with what was done so far. -EINVAL: an
 *	empty range, NEXT_PFN not in it, no such node; -ERANGE: no memory there. A
 *	page that finds no target is FAILED.
 * @MEMCTL_C_PROVIDER_ADDED: event with a PROVIDER nest.
 * @MEMCTL_C_PROVIDER_REMOVED: event with a PROVIDER nest, its last counts.
 * @MEMCTL_C_EVACUATED: event at the end of each EVACUATE: START_PFN, END_PFN,
 *	NEXT_PFN, MOVED, FAILED.
 */
enum memctl_command {
	MEMCTL_C_UNSPEC,
	MEMCTL_C_INFO,
	MEMCTL_C_PROVIDER,
	MEMCTL_C_EVACUATE,
	MEMCTL_C_PROVIDER_ADDED,
	MEMCTL_C_PROVIDER_REMOVED,
	MEMCTL_C_EVACUATED,

	__MEMCTL_C_END,
	MEMCTL_C_MAX = __MEMCTL_C_END - 1,
};

#define MEMCTL_EVACUATE_MAX	32768

/**
 * enum memctl_attribute - of messages
 * @MEMCTL_A_PAD: alignment
 * @MEMCTL_A_VERSION: string, the module's version
 * @MEMCTL_A_ABILITIES: u32, MEMCTL_ABILITY_* bits
 * @MEMCTL_A_BINDING: string, how pages are bound to the VM: "movable_ops"
 *	(up to Linux 6.16) or "balloon" (from 6.17)
 * @MEMCTL_A_KERNEL: string, the kernel release the module was built for
 * @MEMCTL_A_PAGE_SIZE: u32, bytes
 * @MEMCTL_A_NAME: string, a provider's name
 * @MEMCTL_A_PROVIDER: nest of enum memctl_provider_attribute
 * @MEMCTL_A_START_PFN: u64
 * @MEMCTL_A_END_PFN: u64, the first pfn that is not in the range
 * @MEMCTL_A_NODE: u32, a NUMA node
 * @MEMCTL_A_PFNS_MAX: u32
 * @MEMCTL_A_NEXT_PFN: u64
 * @MEMCTL_A_MOVED: u64, pages
 * @MEMCTL_A_FAILED: u64, pages that stayed where they were
 */
enum memctl_attribute {
	MEMCTL_A_UNSPEC,
	MEMCTL_A_PAD,
	MEMCTL_A_VERSION,
	MEMCTL_A_ABILITIES,
	MEMCTL_A_BINDING,
	MEMCTL_A_KERNEL,
	MEMCTL_A_PAGE_SIZE,
	MEMCTL_A_NAME,
	MEMCTL_A_PROVIDER,
	MEMCTL_A_START_PFN,
	MEMCTL_A_END_PFN,
	MEMCTL_A_NODE,
	MEMCTL_A_PFNS_MAX,
	MEMCTL_A_NEXT_PFN,
	MEMCTL_A_MOVED,
	MEMCTL_A_FAILED,

	__MEMCTL_A_END,
	MEMCTL_A_MAX = __MEMCTL_A_END - 1,
};

/* Bits of MEMCTL_A_ABILITIES. */
#define MEMCTL_ABILITY_MOVABLE		(1U << 0)	/* drivers can register pages */
#define MEMCTL_ABILITY_EVACUATE		(1U << 1)
#define MEMCTL_ABILITY_HEAP		(1U << 2)	/* /dev/memctl_heap exists */

/**
 * enum memctl_provider_attribute - of a PROVIDER nest; all are since registration
 * @MEMCTL_P_PAD: alignment
 * @MEMCTL_P_NAME: string
 * @MEMCTL_P_PAGES: u64, movable pages now
 * @MEMCTL_P_ISOLATED: u64, pages now isolated, as far as the VM tells
 * @MEMCTL_P_MIGRATED: u64, pages moved
 * @MEMCTL_P_RETRIED: u64, times that a migration answered -EAGAIN
 * @MEMCTL_P_REFUSED: u64, times that isolate() said no
 * @MEMCTL_P_FAILED: u64, migrations given up
 * @MEMCTL_P_FAILURE: nest of enum memctl_failure_attribute, repeated
 * @MEMCTL_P_BATCHES: u64, rounds prepared
 * @MEMCTL_P_BYTES: u64, moved
 * @MEMCTL_P_LONGEST_PAUSE: u64, nanoseconds from a round's prepare() to its done()
 */
enum memctl_provider_attribute {
	MEMCTL_P_UNSPEC,
	MEMCTL_P_PAD,
	MEMCTL_P_NAME,
	MEMCTL_P_PAGES,
	MEMCTL_P_ISOLATED,
	MEMCTL_P_MIGRATED,
	MEMCTL_P_RETRIED,
	MEMCTL_P_REFUSED,
	MEMCTL_P_FAILED,
	MEMCTL_P_FAILURE,
	MEMCTL_P_BATCHES,
	MEMCTL_P_BYTES,
	MEMCTL_P_LONGEST_PAUSE,

	__MEMCTL_P_END,
	MEMCTL_P_MAX = __MEMCTL_P_END - 1,
};

/**
 * enum memctl_failure_attribute - of a FAILURE nest
 * @MEMCTL_F_ERRNO: u32, a positive errno; 0 gathers those beyond the first few kinds
 * @MEMCTL_F_PAD: alignment
 * @MEMCTL_F_COUNT: u64
 */
enum memctl_failure_attribute {
	MEMCTL_F_UNSPEC,
	MEMCTL_F_PAD,
	MEMCTL_F_ERRNO,
	MEMCTL_F_COUNT,

	__MEMCTL_F_END,
	MEMCTL_F_MAX = __MEMCTL_F_END - 1,
};

#endif /* UAPI_MEMCTL_H */
