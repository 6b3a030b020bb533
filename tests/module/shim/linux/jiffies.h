/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_JIFFIES_H
#define SHIM_LINUX_JIFFIES_H

#include <linux/kernel.h>

extern unsigned long jiffies; /* of a test that has a clock of ticks */
#define time_after(a, b) ((long) ((b) - (a)) < 0)
#define nsecs_to_jiffies(ns) ((unsigned long) ((ns) / (NSEC_PER_SEC / HZ)))

#endif /* SHIM_LINUX_JIFFIES_H */
