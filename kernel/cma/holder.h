/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who asks for memory of a CMA area: the current process, and the driver on its stack.
 */
#ifndef MEMCTL_CMA_HOLDER_H
#define MEMCTL_CMA_HOLDER_H

#include "cma/note.h"

/*
 * Fills in who asks, from a probe that is called while cma_alloc() is at work. Any context but
 * NMI; looks up some ten symbols, so without a lock.
 */
void memctl_cma_who_asks(struct memctl_cma_who *who);

#endif /* MEMCTL_CMA_HOLDER_H */
