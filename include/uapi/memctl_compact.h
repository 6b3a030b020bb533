/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Compaction of chosen places on the wire of memctl.h, which includes this.
 *
 * MEMCTL_C_COMPACT: makes free pieces of ORDER (needed, up to the largest of the page
 *	allocator): places of one piece, and of a page block at least, in which little is in use are
 *	emptied into free pieces that are smaller, and go back to the page allocator; the cheapest
 *	first; needs CAP_SYS_ADMIN. On NODE (optional), PLACES at most (optional), each with up to
 *	PAGES_MAX pages in use (optional). What has pages that do not move, or are locked or being
 *	written back, is passed over, and so is what is in a fence, reserved, or going offline.
 *	Nothing is reclaimed for it, but page cache in a place that is clean and mapped by nobody is
 *	dropped. A dump, for it may take long: a step of a quarter of a second and a place at most
 *	before each message but the first. Each message has EMPTIED, the places so far, MOVED, the
 *	pages that moved for them or were dropped, FAILED, the places tried in vain, and CURSOR,
 *	with which a later one for the same goes on near where this one is (optional; a number
 *	that is nobody's to read; else it begins with the cheapest places of all memory); the last
 *	one has COMPACT_END. A signal to the asker, or the end of its socket, ends it: it is asked
 *	for as long as it is wanted. What else the machine does may use up what becomes free:
 *	/proc/buddyinfo tells what is gained. -EINVAL: a number, or no such CURSOR; -ENOSPC: no
 *	zone there is as large as a place; -EOPNOTSUPP: this kernel cannot do that (the text says
 *	why).
 */
#ifndef UAPI_MEMCTL_COMPACT_H
#define UAPI_MEMCTL_COMPACT_H

/**
 * enum memctl_compact_end - why it has ended
 * @MEMCTL_COMPACT_ENOUGH: PLACES are emptied
 * @MEMCTL_COMPACT_ALL: there is no more place that can be
 * @MEMCTL_COMPACT_NO_ROOM: there are places, but no smaller free pieces for what is in them
 */
enum memctl_compact_end {
	MEMCTL_COMPACT_ENOUGH = 1,
	MEMCTL_COMPACT_ALL,
	MEMCTL_COMPACT_NO_ROOM,
};

#endif /* UAPI_MEMCTL_COMPACT_H */
