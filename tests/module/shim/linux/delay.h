/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_DELAY_H
#define SHIM_LINUX_DELAY_H

#include <linux/kernel.h>

#define msleep(ms) run_sleep(ms)
#define usleep_range(least, most) run_sleep(1)

#endif /* SHIM_LINUX_DELAY_H */
