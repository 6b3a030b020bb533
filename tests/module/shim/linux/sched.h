/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_SCHED_H
#define SHIM_LINUX_SCHED_H

#include <linux/kernel.h>
#include <linux/wait.h>

#define TASK_COMM_LEN 16

#endif /* SHIM_LINUX_SCHED_H */
