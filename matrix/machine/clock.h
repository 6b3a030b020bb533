/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMCTL_MATRIX_MACHINE_CLOCK_H
#define MEMCTL_MATRIX_MACHINE_CLOCK_H

/* CLOCK_MONOTONIC */
double seconds_now(void);

#endif
