/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * io_uring, as far as its memory goes: buffers that are registered are pinned for as long as it likes, and
 * so the kernel moves them out of zone Movable first.
 */
#ifndef MEMCTL_MATRIX_MACHINE_PIN_H
#define MEMCTL_MATRIX_MACHINE_PIN_H

#include <linux/io_uring.h>
#include <stddef.h>

/* A ring; -EOPNOTSUPP: the kernel has none, or forbids it; or -errno. */
int pin_ring(unsigned int entries, struct io_uring_params *ret);

/* A ring with which the memory is registered, until that is closed; or -errno. */
int pin_for_long(void *memory, size_t size);

#endif
