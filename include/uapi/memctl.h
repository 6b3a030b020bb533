/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The wire between memctl.ko and user space: generic netlink family "memctl".
 *
 * All messages are checked strictly: an unknown, short, long or missing
 * attribute is an error with an extended-acknowledgement text. Numbers are in
 * host order. A pfn counts pages of MEMCTL_A_PAGE_SIZE bytes.
 *
 * CAP_SYS_ADMIN is that of the initial user namespace, and both who sends a
 * request and who opened its socket must have it; else -EPERM. Who has not may
 * ask INFO, PROVIDER, LRU_CACHE and FENCE, and is told counts: no pid, no name of
 * a process, no pfn. Joining the group of the events needs CAP_SYS_ADMIN. A kernel
 * that cannot see to that (up to 6.6, but for later releases of 6.1 and 6.6) has
 * no such group, and sends no events.
 */
#ifndef UAPI_MEMCTL_H
#define UAPI_MEMCTL_H

#define MEMCTL_GENL_NAME	"memctl"
#define MEMCTL_GENL_VERSION	1
#define MEMCTL_GENL_EVENTS	"events"	/* the multicast group */

/**
 * enum memctl_command - requests, and events
 * @MEMCTL_C_INFO: no attributes. Answers with VERSION, ABILITIES, BINDING,
 *	KERNEL and PAGE_SIZE, with MOVABLE_REASON where pages cannot be made movable, and
 *	with CMA_REASON where CMA areas cannot be watched. Anyone may ask.
 * @MEMCTL_C_PROVIDER: a dump, without attributes, of all providers in order of
 *	registration; or, not as a dump, the provider of that NAME (-ENOENT).
 *	Answers with a PROVIDER nest. Anyone may ask.
 * @MEMCTL_C_EVACUATE: a dump: moves the providers' pages of [START_PFN, END_PFN) to
 *	pages outside it, from NEXT_PFN on (optional; else from START_PFN); needs
 *	CAP_SYS_ADMIN. It goes on as its asker receives, and without holding up others: a step
 *	before each message but the first, in each of which each provider makes one
 *	round. Ends with END_PFN; with PAGES_MAX pages that a provider was asked for (optional);
 *	with a signal to its asker; or with the socket. Targets are on NODE (optional; else on
 *	the node that the provider prefers, or near each page), and in low zones (DMA, DMA32) for
 *	pages that are in them. Each message has NEXT_PFN, below which all was looked at, and
 *	MOVED and FAILED so far; the last one counts. No more memory of the range
 *	is held meanwhile than pages move in a step, and a few. -EINVAL: an
 *	empty range, NEXT_PFN not in it, no such node; -ERANGE: no memory there. A
 *	page that finds no target is FAILED. With a fence around the range the targets are found
 *	soonest, and nothing else takes the place of what has moved.
 * @MEMCTL_C_PROVIDER_ADDED: event with a PROVIDER nest.
 * @MEMCTL_C_PROVIDER_REMOVED: event with a PROVIDER nest, its last counts.
 * @MEMCTL_C_EVACUATED: event at the end of each EVACUATE, however it ends: START_PFN, END_PFN,
 *	NEXT_PFN, MOVED, FAILED.
 * @MEMCTL_C_LRU_CACHE: no attributes. Answers with LRU_LONGEST; with LRU_REASON
 *	where the per-CPU LRU caches cannot be held off, else with LRU_DISABLED; and
 *	with a LEASE nest for each lease. Anyone may ask; PID and COMM are for
 *	CAP_SYS_ADMIN.
 * @MEMCTL_C_LRU_HOLD: takes a lease: the per-CPU LRU caches are emptied, and stay
 *	unused while there is a lease; needs CAP_SYS_ADMIN. It ends after SECONDS
 *	(optional; 1 to LRU_LONGEST, the default), by LRU_RELEASE, or with the socket
 *	that asked. Answers with its LEASE nest once no page is in such a cache.
 *	-EOPNOTSUPP: this kernel cannot do that (the text says why); -ERANGE: SECONDS;
 *	-ENOSPC: MEMCTL_LEASES_MAX are held.
 * @MEMCTL_C_LRU_RELEASE: ends the lease LEASE_ID, which was taken on this socket;
 *	needs CAP_SYS_ADMIN. -ENOENT: there is no such lease any more, or it is
 *	another's.
 * @MEMCTL_C_LRU_HELD: event with the LEASE nest of a lease that was taken.
 * @MEMCTL_C_LRU_ENDED: event with the LEASE nest of a lease that has ended, and CAUSE.
 * @MEMCTL_C_SURVEY: a dump of who owns the pages of [START_PFN, END_PFN), both
 *	needed; needs CAP_SYS_ADMIN. Memory that is not online, holes and what lies
 *	beyond memory is counted as absent; a range without any online memory is no
 *	error. Answers with messages that each hold one SURVEY nest, ascending. Each is
 *	about one memory block's part of the range, or about blocks in a row that are all
 *	absent; a block that has much to say takes several messages with the same pfns,
 *	whose figures add up. Pages are looked at without a lock and may change
 *	meanwhile. -EINVAL: an attribute is missing, or the range is empty; -ERANGE: it
 *	ends above all memory that this machine can have.
 * @MEMCTL_C_FENCE: no attributes. Answers with a FENCE nest for each fence. Anyone
 *	may ask; PID, COMM, START_PFN and END_PFN are for CAP_SYS_ADMIN.
 * @MEMCTL_C_FENCE_RAISE: raises a fence around [START_PFN, END_PFN), both needed and
 *	on borders of memory sections, as memory blocks are; needs CAP_SYS_ADMIN. Nothing
 *	is held yet. It falls by FENCE_DROP, with the socket that asked, with the module, and
 *	when the kernel is out of memory. Answers with its FENCE nest. -EINVAL: the
 *	range is empty or off the borders; -ERANGE: no online memory lies in it; -EBUSY:
 *	it overlaps another fence; -ENOSPC: there are MEMCTL_FENCES_MAX.
 * @MEMCTL_C_FENCE_HOLD: a dump: takes memory of the fence FENCE_ID, of this socket,
 *	so that nobody is given it; needs CAP_SYS_ADMIN. Bounded: it takes, or tries to take,
 *	PFNS_MAX pages at most (optional; 1 to MEMCTL_FENCE_STEP_MAX, the default; rounded up
 *	to a multiple of FENCE_SMALLEST) of [START_PFN, END_PFN) (needed, in the fence), from
 *	NEXT_PFN on (optional; else START_PFN). What it passes over does not count: what the
 *	fence holds already, holes, offline memory, and where only free memory is asked for
 *	what is in use. FENCE_WHAT says what is taken. With FREE, runs of free memory, each
 *	of at least FENCE_SMALLEST pages (optional; a power of two; else those of a page
 *	block). With USED, all of it: what is in use moves out of the fence, and clean page
 *	cache is dropped, mapped or not; pieces that cannot be had are tried in halves, down
 *	to FENCE_SMALLEST (optional; else MEMCTL_FENCE_SMALLEST). With SCATTERED, what is
 *	free in zone Movable, piece by piece from the smallest on, as the page allocator
 *	gives it: as many pages as are free in the pfns looked at, also beyond these, but not
 *	all when other memory has too much of the same size. It is for after FREE. Holes,
 *	offline memory and blocks that are going offline are passed over, and zones other
 *	than Movable keep the high watermark's free memory. As with EVACUATE there is a step
 *	before each message but the first, of a quarter of a second and a piece at most; a
 *	signal to the asker, or its socket's end, ends it. Each message has the FENCE nest,
 *	NEXT_PFN for a next request (END_PFN: all was looked at) and FAILED, the pages that
 *	were to be had so far and were not; with FREE, those of runs that are too small among
 *	them. The last one counts. -ENOENT: this socket has no such fence (any more);
 *	-ENOMEM: what is in use finds no room elsewhere; -EINVAL, -ERANGE: a number.
 * @MEMCTL_C_FENCE_DROP: gives back what the fence FENCE_ID of this socket holds, of
 *	[START_PFN, END_PFN), or without these the whole fence, which is no more then;
 *	needs CAP_SYS_ADMIN. -ENOENT as above.
 * @MEMCTL_C_FENCE_RAISED: event with the FENCE nest of a new fence.
 * @MEMCTL_C_FENCE_HELD: event at the end of each FENCE_HOLD: the FENCE nest, START_PFN,
 *	END_PFN, NEXT_PFN and FAILED.
 * @MEMCTL_C_FENCE_GAVE: event with the FENCE nest, START_PFN, END_PFN: what the fence
 *	held there was given up because the VM takes that memory offline.
 * @MEMCTL_C_FENCE_FELL: event with the FENCE nest as it was, and FENCE_CAUSE.
 * @MEMCTL_C_LRU_HOT: which page cache of [START_PFN, END_PFN), both needed and at most
 *	MEMCTL_HOT_MAX apart, the LRU lists have for hot; needs CAP_SYS_ADMIN. That is what
 *	is on the active list; with the multi-generational LRU, what was read more than once
 *	since it came into its generation, or came back after it had been reclaimed. Answers with
 *	LRU_HOT. Pages are looked at without a lock and may change meanwhile. -EINVAL: an
 *	attribute is missing, or the range is empty or too large; -ERANGE: it ends above all
 *	memory that this machine can have.
 *
 * MEMCTL_C_CMA* are described in memctl_cma.h, MEMCTL_C_RESERV*, _RELEASE*,
 * _WARM* in memctl_contig.h, MEMCTL_C_COMPACT in memctl_compact.h.
 */
enum memctl_command {
	MEMCTL_C_UNSPEC,
	MEMCTL_C_INFO,
	MEMCTL_C_PROVIDER,
	MEMCTL_C_EVACUATE,
	MEMCTL_C_PROVIDER_ADDED,
	MEMCTL_C_PROVIDER_REMOVED,
	MEMCTL_C_EVACUATED,
	MEMCTL_C_LRU_CACHE,
	MEMCTL_C_LRU_HOLD,
	MEMCTL_C_LRU_RELEASE,
	MEMCTL_C_LRU_HELD,
	MEMCTL_C_LRU_ENDED,
	MEMCTL_C_SURVEY,
	MEMCTL_C_FENCE,
	MEMCTL_C_FENCE_RAISE,
	MEMCTL_C_FENCE_HOLD,
	MEMCTL_C_FENCE_DROP,
	MEMCTL_C_FENCE_RAISED,
	MEMCTL_C_FENCE_HELD,
	MEMCTL_C_FENCE_GAVE,
	MEMCTL_C_FENCE_FELL,
	MEMCTL_C_LRU_HOT,
	MEMCTL_C_CMA,
	MEMCTL_C_CMA_MAP,
	MEMCTL_C_CMA_HOLDER,
	MEMCTL_C_CMA_FAILURE,
	MEMCTL_C_CMA_FAILED,
	MEMCTL_C_RESERVE,
	MEMCTL_C_RELEASE,
	MEMCTL_C_RESERVATION,
	MEMCTL_C_RESERVED,
	MEMCTL_C_RELEASED,
	MEMCTL_C_WARM,
	MEMCTL_C_WARM_SET,
	MEMCTL_C_COMPACT,

	__MEMCTL_C_END,
	MEMCTL_C_MAX = __MEMCTL_C_END - 1,
};

#define MEMCTL_LEASES_MAX	64
#define MEMCTL_FENCES_MAX	64

/* Pages: the smallest piece that is tried for memory in use, and the largest number to ask for. */
#define MEMCTL_FENCE_SMALLEST	64
#define MEMCTL_FENCE_SMALLEST_MAX	1024

/* What one request to hold takes, in pages. */
#define MEMCTL_FENCE_STEP_MAX	262144

/* What one request for what is hot may ask about, in pfns. */
#define MEMCTL_HOT_MAX	32768

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
 * @MEMCTL_A_PFNS_MAX: u32, pages
 * @MEMCTL_A_NEXT_PFN: u64
 * @MEMCTL_A_MOVED: u64, pages
 * @MEMCTL_A_FAILED: u64, pages that stayed where they were
 * @MEMCTL_A_SECONDS: u32, how long a lease may last
 * @MEMCTL_A_LRU_LONGEST: u32, seconds, the longest that a lease may last
 * @MEMCTL_A_LRU_REASON: string, why the LRU caches cannot be held off here
 * @MEMCTL_A_LRU_DISABLED: u32, how many, the kernel itself included, hold the LRU
 *	caches off now; 0: the caches are in use
 * @MEMCTL_A_LEASE: nest of enum memctl_lease_attribute; repeated in LRU_CACHE
 * @MEMCTL_A_LEASE_ID: u64
 * @MEMCTL_A_CAUSE: u32, enum memctl_lease_cause
 * @MEMCTL_A_SURVEY: nest of enum memctl_survey_attribute
 * @MEMCTL_A_FENCE: nest of enum memctl_fence_attribute; repeated in FENCE
 * @MEMCTL_A_FENCE_ID: u64
 * @MEMCTL_A_FENCE_WHAT: u32, enum memctl_fence_what
 * @MEMCTL_A_FENCE_SMALLEST: u32, pages, a power of two up to MEMCTL_FENCE_SMALLEST_MAX
 * @MEMCTL_A_FENCE_CAUSE: u32, enum memctl_fence_cause
 * @MEMCTL_A_LRU_HOT: array of u64, a bit for each pfn from START_PFN on, the lowest of
 *	the first first: the page is hot. Bits behind END_PFN are 0
 * @MEMCTL_A_PAGES_MAX: u32, at least 1
 * @MEMCTL_A_MOVABLE_REASON: string, why no page can be made movable here; in INFO,
 *	where MEMCTL_ABILITY_MOVABLE is missing
 * @MEMCTL_A_CMA_AREA: nest of enum memctl_cma_attribute
 * @MEMCTL_A_CMA_REASON: string, why CMA cannot be watched here; in INFO, where
 *	MEMCTL_ABILITY_CMA is missing
 * @MEMCTL_A_CMA_MAP: array of u64, a bit for each piece of an area, the lowest of the
 *	first first: the piece is allocated. Bits behind the end are 0
 * @MEMCTL_A_CMA_HOLDER: nest of enum memctl_holder_attribute
 * @MEMCTL_A_CMA_FAILURE: nest of enum memctl_cma_failure_attribute
 * @MEMCTL_A_PAGES: u64
 * @MEMCTL_A_ALIGN: u64, pages, a power of two
 * @MEMCTL_A_AREA: string, the name of a CMA area
 * @MEMCTL_A_RESERVE_FLAGS: u32, MEMCTL_RESERVE_* bits
 * @MEMCTL_A_RESERVATION: nest of enum memctl_reservation_attribute
 * @MEMCTL_A_RESERVATION_ID: u64
 * @MEMCTL_A_EXCLUDE: array of pairs of u64, the first pfn of a range and the first behind it
 * @MEMCTL_A_WARM: nest of enum memctl_warm_attribute
 * @MEMCTL_A_PID: u32, at least 1, of a process in the first pid namespace
 * @MEMCTL_A_COMM: string, the name of that process
 * @MEMCTL_A_ORDER: u32, of the page allocator: pieces of 2^order pages
 * @MEMCTL_A_PLACES: u64, at least 1
 * @MEMCTL_A_EMPTIED: u64, places
 * @MEMCTL_A_COMPACT_END: u32, enum memctl_compact_end
 * @MEMCTL_A_CURSOR: u64
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
	MEMCTL_A_SECONDS,
	MEMCTL_A_LRU_LONGEST,
	MEMCTL_A_LRU_REASON,
	MEMCTL_A_LRU_DISABLED,
	MEMCTL_A_LEASE,
	MEMCTL_A_LEASE_ID,
	MEMCTL_A_CAUSE,
	MEMCTL_A_SURVEY,
	MEMCTL_A_FENCE,
	MEMCTL_A_FENCE_ID,
	MEMCTL_A_FENCE_WHAT,
	MEMCTL_A_FENCE_SMALLEST,
	MEMCTL_A_FENCE_CAUSE,
	MEMCTL_A_LRU_HOT,
	MEMCTL_A_PAGES_MAX,
	MEMCTL_A_MOVABLE_REASON,
	MEMCTL_A_CMA_AREA,
	MEMCTL_A_CMA_REASON,
	MEMCTL_A_CMA_MAP,
	MEMCTL_A_CMA_HOLDER,
	MEMCTL_A_CMA_FAILURE,
	MEMCTL_A_PAGES,
	MEMCTL_A_ALIGN,
	MEMCTL_A_AREA,
	MEMCTL_A_RESERVE_FLAGS,
	MEMCTL_A_RESERVATION,
	MEMCTL_A_RESERVATION_ID,
	MEMCTL_A_EXCLUDE,
	MEMCTL_A_WARM,
	MEMCTL_A_PID,
	MEMCTL_A_COMM,
	MEMCTL_A_ORDER,
	MEMCTL_A_PLACES,
	MEMCTL_A_EMPTIED,
	MEMCTL_A_COMPACT_END,
	MEMCTL_A_CURSOR,

	__MEMCTL_A_END,
	MEMCTL_A_MAX = __MEMCTL_A_END - 1,
};

/* Bits of MEMCTL_A_ABILITIES. */
#define MEMCTL_ABILITY_MOVABLE		(1U << 0)	/* drivers can register pages */
#define MEMCTL_ABILITY_EVACUATE		(1U << 1)
#define MEMCTL_ABILITY_HEAP		(1U << 2)	/* never set: memctl_heap.ko */
#define MEMCTL_ABILITY_LRU_CACHE	(1U << 3)	/* LRU_HOLD works on this kernel */
#define MEMCTL_ABILITY_SURVEY		(1U << 4)
#define MEMCTL_ABILITY_FENCE		(1U << 5)
#define MEMCTL_ABILITY_CMA		(1U << 6)	/* CMA areas are watched */
#define MEMCTL_ABILITY_RESERVE		(1U << 7)
#define MEMCTL_ABILITY_COMPACT		(1U << 8)

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

/**
 * enum memctl_lease_attribute - of a LEASE nest
 * @MEMCTL_L_PAD: alignment
 * @MEMCTL_L_ID: u64, never 0, never used twice while the module is loaded
 * @MEMCTL_L_PID: u32, the process that took it, in the first pid namespace
 * @MEMCTL_L_COMM: string, that process's name when it did
 * @MEMCTL_L_HELD: u64, nanoseconds since it was taken
 * @MEMCTL_L_LEFT: u64, nanoseconds until it ends by itself
 */
enum memctl_lease_attribute {
	MEMCTL_L_UNSPEC,
	MEMCTL_L_PAD,
	MEMCTL_L_ID,
	MEMCTL_L_PID,
	MEMCTL_L_COMM,
	MEMCTL_L_HELD,
	MEMCTL_L_LEFT,

	__MEMCTL_L_END,
	MEMCTL_L_MAX = __MEMCTL_L_END - 1,
};

/**
 * enum memctl_lease_cause - why a lease has ended
 * @MEMCTL_LEASE_RELEASED: it was given back
 * @MEMCTL_LEASE_CLOSED: the socket that took it is closed: its process ended, or let it go
 * @MEMCTL_LEASE_EXPIRED: it lasted as long as it may
 */
enum memctl_lease_cause {
	MEMCTL_LEASE_RELEASED,
	MEMCTL_LEASE_CLOSED,
	MEMCTL_LEASE_EXPIRED,
};

/**
 * enum memctl_fence_attribute - of a FENCE nest
 * @MEMCTL_FENCE_A_PAD: alignment
 * @MEMCTL_FENCE_A_ID: u64, never 0, never used twice while the module is loaded
 * @MEMCTL_FENCE_A_PID: u32, the process that raised it, in the first pid namespace
 * @MEMCTL_FENCE_A_COMM: string, that process's name when it did
 * @MEMCTL_FENCE_A_START_PFN: u64
 * @MEMCTL_FENCE_A_END_PFN: u64, the first pfn that is not in it
 * @MEMCTL_FENCE_A_HELD: u64, pages held now
 * @MEMCTL_FENCE_A_GIVEN: u64, pages given up so far to be taken offline
 */
enum memctl_fence_attribute {
	MEMCTL_FENCE_A_UNSPEC,
	MEMCTL_FENCE_A_PAD,
	MEMCTL_FENCE_A_ID,
	MEMCTL_FENCE_A_PID,
	MEMCTL_FENCE_A_COMM,
	MEMCTL_FENCE_A_START_PFN,
	MEMCTL_FENCE_A_END_PFN,
	MEMCTL_FENCE_A_HELD,
	MEMCTL_FENCE_A_GIVEN,

	__MEMCTL_FENCE_A_END,
	MEMCTL_FENCE_A_MAX = __MEMCTL_FENCE_A_END - 1,
};

/**
 * enum memctl_fence_what - what FENCE_HOLD takes
 * @MEMCTL_FENCE_FREE: what is free
 * @MEMCTL_FENCE_USED: what is in use, too
 * @MEMCTL_FENCE_SCATTERED: what is free in small pieces, in zone Movable
 */
enum memctl_fence_what {
	MEMCTL_FENCE_FREE,
	MEMCTL_FENCE_USED,
	MEMCTL_FENCE_SCATTERED,
};

/**
 * enum memctl_fence_cause - why a fence fell
 * @MEMCTL_FENCE_DROPPED: it was dropped
 * @MEMCTL_FENCE_CLOSED: the socket that raised it is closed: its process ended, or let it go
 * @MEMCTL_FENCE_OUT_OF_MEMORY: the kernel was about to kill a process for want of memory
 */
enum memctl_fence_cause {
	MEMCTL_FENCE_DROPPED,
	MEMCTL_FENCE_CLOSED,
	MEMCTL_FENCE_OUT_OF_MEMORY,
};

/**
 * enum memctl_survey_attribute - of a SURVEY nest
 * @MEMCTL_S_PAD: alignment
 * @MEMCTL_S_START_PFN: u64
 * @MEMCTL_S_END_PFN: u64, the first pfn that is not in this part
 * @MEMCTL_S_ABSENT: u64, pfns without online memory
 * @MEMCTL_S_COUNT: nest of enum memctl_count_attribute, repeated
 * @MEMCTL_S_KEEPER: nest of enum memctl_keeper_attribute, repeated, by pfn: pages
 *	that keep this part from being emptied. At most MEMCTL_KEEPERS_MAX of a block:
 *	the first that are PINNED, and where these are fewer, the first others
 */
enum memctl_survey_attribute {
	MEMCTL_S_UNSPEC,
	MEMCTL_S_PAD,
	MEMCTL_S_START_PFN,
	MEMCTL_S_END_PFN,
	MEMCTL_S_ABSENT,
	MEMCTL_S_COUNT,
	MEMCTL_S_KEEPER,

	__MEMCTL_S_END,
	MEMCTL_S_MAX = __MEMCTL_S_END - 1,
};

#define MEMCTL_KEEPERS_MAX	32

/* The longest name of an owner, in bytes, without its NUL. */
#define MEMCTL_OWNER_MAX	63

/**
 * enum memctl_count_attribute - of a COUNT nest: pages of one class, order and owner
 * @MEMCTL_N_PAD: alignment
 * @MEMCTL_N_CLASS: u32, enum memctl_class
 * @MEMCTL_N_ORDER: u32, of the free block, the folio or the compound page
 * @MEMCTL_N_OWNER: string; missing where nothing more than the class is known
 * @MEMCTL_N_PAGES: u64
 */
enum memctl_count_attribute {
	MEMCTL_N_UNSPEC,
	MEMCTL_N_PAD,
	MEMCTL_N_CLASS,
	MEMCTL_N_ORDER,
	MEMCTL_N_OWNER,
	MEMCTL_N_PAGES,

	__MEMCTL_N_END,
	MEMCTL_N_MAX = __MEMCTL_N_END - 1,
};

/**
 * enum memctl_keeper_attribute - of a KEEPER nest: pages in a row of one class and owner
 * @MEMCTL_K_PAD: alignment
 * @MEMCTL_K_PFN: u64, the first
 * @MEMCTL_K_PAGES: u64
 * @MEMCTL_K_CLASS: u32, enum memctl_class
 * @MEMCTL_K_OWNER: string; missing where nothing more than the class is known
 */
enum memctl_keeper_attribute {
	MEMCTL_K_UNSPEC,
	MEMCTL_K_PAD,
	MEMCTL_K_PFN,
	MEMCTL_K_PAGES,
	MEMCTL_K_CLASS,
	MEMCTL_K_OWNER,

	__MEMCTL_K_END,
	MEMCTL_K_MAX = __MEMCTL_K_END - 1,
};

/**
 * enum memctl_class - what a page is used for; the first that fits, by this order
 * of looking: cma, hwpoison, slab, free, page table, memmap, reserved, movable_ops,
 * offline, hugetlb, the lru classes, other
 * @MEMCTL_CLASS_FREE: in the page allocator, a CPU's own lists included
 * @MEMCTL_CLASS_LRU_FILE: of a file in the page cache
 * @MEMCTL_CLASS_LRU_SHMEM: of a tmpfs or of shared memory
 * @MEMCTL_CLASS_LRU_ANON: of processes
 * @MEMCTL_CLASS_LRU_MLOCKED: of processes and locked in memory: moves all the same
 * @MEMCTL_CLASS_LRU_CACHED: of processes or of a file and on no LRU list: in a CPU's
 *	LRU cache, or isolated at this moment
 * @MEMCTL_CLASS_PINNED: of processes or of a file, with more references than its
 *	mappings, its cache and its LRU cache explain: it does not move while they
 *	last. The owner is "anon", "shmem", "file" or "hugetlb". Or of a provider
 *	registered with memctl, its owner, that has pinned it: a device is at work
 *	on it.
 * @MEMCTL_CLASS_HUGETLB: of the pool of huge pages, in use or not; moves where there
 *	is room for it
 * @MEMCTL_CLASS_MOVABLE_OPS: of a driver that migrates it; the owner is the provider
 *	registered with memctl, or the driver ("zsmalloc", "virtio_balloon")
 * @MEMCTL_CLASS_SLAB: of the slab allocator; does not move. Its large allocations
 *	are OTHER up to Linux 6.14, which does not mark them.
 * @MEMCTL_CLASS_PAGE_TABLE: does not move
 * @MEMCTL_CLASS_RESERVED: never given to the page allocator; does not move
 * @MEMCTL_CLASS_OFFLINE: taken by a driver (balloon, virtio-mem) and not used. It keeps
 *	its block as long as the driver has references, which some drop when asked to.
 * @MEMCTL_CLASS_HWPOISON: bad memory, not used; does not keep a block
 * @MEMCTL_CLASS_OTHER: of the kernel or of a driver; does not move
 * @MEMCTL_CLASS_CMA: of a page block of a CMA area, whatever it is used for, if for
 *	anything: such a block never goes offline
 * @MEMCTL_CLASS_MEMMAP: of the block's own memory map, which lies in the block
 *	(memory_hotplug.memmap_on_memory) and goes with it: does not keep it, and needs
 *	no room elsewhere
 */
enum memctl_class {
	MEMCTL_CLASS_UNSPEC,
	MEMCTL_CLASS_FREE,
	MEMCTL_CLASS_LRU_FILE,
	MEMCTL_CLASS_LRU_SHMEM,
	MEMCTL_CLASS_LRU_ANON,
	MEMCTL_CLASS_LRU_MLOCKED,
	MEMCTL_CLASS_LRU_CACHED,
	MEMCTL_CLASS_PINNED,
	MEMCTL_CLASS_HUGETLB,
	MEMCTL_CLASS_MOVABLE_OPS,
	MEMCTL_CLASS_SLAB,
	MEMCTL_CLASS_PAGE_TABLE,
	MEMCTL_CLASS_RESERVED,
	MEMCTL_CLASS_OFFLINE,
	MEMCTL_CLASS_HWPOISON,
	MEMCTL_CLASS_OTHER,
	MEMCTL_CLASS_CMA,
	MEMCTL_CLASS_MEMMAP,

	__MEMCTL_CLASS_END,
	MEMCTL_CLASS_MAX = __MEMCTL_CLASS_END - 1,
};

#include "memctl_cma.h"
#include "memctl_contig.h"
#include "memctl_compact.h"

#endif /* UAPI_MEMCTL_H */
