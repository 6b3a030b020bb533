/* SPDX-License-Identifier: GPL-2.0 */
/* What each file of the module sees first. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#define MEMCTL_MODULE_VERSION "0.1.0"
