/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCTL_PROVIDER_GATHER_H
#define MEMCTL_PROVIDER_GATHER_H

struct memctl_page;

/*
 * Asks for the pages that a silent VM has isolated along with this one, of the same
 * provider: they lie near it, in a block or some page blocks. Sleeps; no lock is held.
 */
void memctl_round_gather(struct memctl_page *first);

#endif /* MEMCTL_PROVIDER_GATHER_H */
