/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Reservations of contiguous memory on the wire of memctl.h, which includes this. All of it
 * needs CAP_SYS_ADMIN.
 *
 * MEMCTL_C_RESERVE: reserves PAGES (needed) contiguous pages of one zone, at an address that
 *	is a multiple of ALIGN pages (optional, a power of two; else 1). From the CMA area AREA, if
 *	given; else from any memory, with MEMCTL_RESERVE_MOVABLE_ZONE only from zone Movable,
 *	that is on NODE (optional), outside of fences, and not going offline: where that costs
 *	least first. NAME (optional, unique, up to MEMCTL_RESERVATION_NAME_MAX bytes of letters,
 *	digits and "-_.:@"): the reservation is held by the module, which cannot be unloaded
 *	meanwhile, until RELEASE; without a name it ends with the socket that asked, too.
 *	EXCLUDE (optional): ranges that must not be taken. PID and COMM (optional, both or none):
 *	the process that it is for, where that is not who asks: it is told, and not looked up.
 *	A dump, for it may take long: a place is tried before each message but the first, and
 *	each message has MOVED, the pages moved so far, and FAILED, the places tried in vain; the
 *	last one has the RESERVATION nest, or the dump ends with an error. A signal to the asker, or
 *	the end of its socket, ends it. -EINVAL: a number or a name; -EEXIST: the name is in use;
 *	-ENOENT: no such area; -ENOSPC: MEMCTL_RESERVATIONS_MAX are held, or it is larger than
 *	the area, or than all memory that it may be in; -EBUSY: each place has something that
 *	does not move; -ENOMEM: what is in the way finds no room elsewhere, or too little memory
 *	would be left for others; -EOPNOTSUPP: this kernel cannot do that (the text says why).
 * MEMCTL_C_RELEASE: ends the reservation RESERVATION_ID, or NAME; one without a name only
 *	on its own socket. -ENOENT: there is none (any more).
 * MEMCTL_C_RESERVATION: a dump, without attributes, of all reservations, oldest first: a
 *	RESERVATION nest each.
 * MEMCTL_C_RESERVED: event with the RESERVATION nest of a new one.
 * MEMCTL_C_RELEASED: event with the RESERVATION nest of one that has ended.
 * MEMCTL_C_WARM: no attributes. Answers with the WARM nest of the warm reserve: contiguous
 *	memory that is kept ready for reservations and dma-heaps, and given back as soon as the
 *	machine is short of memory.
 * MEMCTL_C_WARM_SET: keeps PAGES (needed) ready from now on, on NODE (optional; else on any); 0
 *	ends that. What is missing comes in the background. Answers with the WARM nest.
 *	-ERANGE: PAGES are more than half of the memory there; -EINVAL: no such node;
 *	-EOPNOTSUPP as RESERVE.
 */
#ifndef UAPI_MEMCTL_CONTIG_H
#define UAPI_MEMCTL_CONTIG_H

#define MEMCTL_RESERVATIONS_MAX	1024
#define MEMCTL_RESERVATION_NAME_MAX	63

/* Ranges in one EXCLUDE. */
#define MEMCTL_EXCLUDE_MAX	256

/* Bits of MEMCTL_A_RESERVE_FLAGS. */
#define MEMCTL_RESERVE_MOVABLE_ZONE	(1U << 0)	/* only from zone Movable */

/**
 * enum memctl_reservation_attribute - of a RESERVATION nest
 * @MEMCTL_RV_PAD: alignment
 * @MEMCTL_RV_ID: u64, never 0, never used twice while the module is loaded
 * @MEMCTL_RV_NAME: string; missing where it has none
 * @MEMCTL_RV_AREA: string, the CMA area it is in; missing if it is in none
 * @MEMCTL_RV_START_PFN: u64
 * @MEMCTL_RV_PAGES: u64
 * @MEMCTL_RV_ALIGN: u64, pages, as asked for
 * @MEMCTL_RV_NODE: u32
 * @MEMCTL_RV_ZONE: string: "Movable"
 * @MEMCTL_RV_PID: u32, the process that it is for, else that asked, in the first pid namespace
 * @MEMCTL_RV_COMM: string, that process's name then
 * @MEMCTL_RV_HELD: u64, nanoseconds since it was reserved
 * @MEMCTL_RV_MOVED: u64, pages that had to move for it, or were dropped
 */
enum memctl_reservation_attribute {
	MEMCTL_RV_UNSPEC,
	MEMCTL_RV_PAD,
	MEMCTL_RV_ID,
	MEMCTL_RV_NAME,
	MEMCTL_RV_AREA,
	MEMCTL_RV_START_PFN,
	MEMCTL_RV_PAGES,
	MEMCTL_RV_ALIGN,
	MEMCTL_RV_NODE,
	MEMCTL_RV_ZONE,
	MEMCTL_RV_PID,
	MEMCTL_RV_COMM,
	MEMCTL_RV_HELD,
	MEMCTL_RV_MOVED,

	__MEMCTL_RV_END,
	MEMCTL_RV_MAX = __MEMCTL_RV_END - 1,
};

/**
 * enum memctl_warm_attribute - of a WARM nest; numbers of pages and requests since the module
 *	was loaded
 * @MEMCTL_W_PAD: alignment
 * @MEMCTL_W_TARGET: u64, pages to be kept; 0: there is no warm reserve
 * @MEMCTL_W_NODE: u32; missing where it may be on any
 * @MEMCTL_W_PAGES: u64, kept now
 * @MEMCTL_W_RUNS: u32, in so many pieces
 * @MEMCTL_W_LONGEST: u64, pages of the longest of them
 * @MEMCTL_W_SHORT: flag: memory is or was just short, so it is not being filled
 * @MEMCTL_W_SERVED: u64, requests that it had room for
 * @MEMCTL_W_MISSED: u64, requests that it had none for
 * @MEMCTL_W_GIVEN: u64, pages given back because memory was short
 * @MEMCTL_W_FILLED: u64, pages
 */
enum memctl_warm_attribute {
	MEMCTL_W_UNSPEC,
	MEMCTL_W_PAD,
	MEMCTL_W_TARGET,
	MEMCTL_W_NODE,
	MEMCTL_W_PAGES,
	MEMCTL_W_RUNS,
	MEMCTL_W_LONGEST,
	MEMCTL_W_SHORT,
	MEMCTL_W_SERVED,
	MEMCTL_W_MISSED,
	MEMCTL_W_GIVEN,
	MEMCTL_W_FILLED,

	__MEMCTL_W_END,
	MEMCTL_W_MAX = __MEMCTL_W_END - 1,
};

#endif /* UAPI_MEMCTL_CONTIG_H */
