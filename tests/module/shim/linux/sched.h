/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_SCHED_H
#define SHIM_LINUX_SCHED_H

#include <linux/kernel.h>
#include <linux/wait.h>

#define TASK_COMM_LEN 16

/* Of a test with tasks: which of them runs, and whether it is about to be killed. */
#ifdef SHIM_TASKS
extern const void *shim_current;
extern bool shim_killed;
#undef current
#define current shim_current
#define fatal_signal_pending(task) ((void) (task), shim_killed)
#endif

#endif /* SHIM_LINUX_SCHED_H */
