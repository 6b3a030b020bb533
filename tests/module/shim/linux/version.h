/* SPDX-License-Identifier: GPL-2.0 */
/* A kernel of each binding, or of none: SHIM_TELLS, or SHIM_VERSION, is set by the build. */
#ifndef SHIM_LINUX_VERSION_H
#define SHIM_LINUX_VERSION_H

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#ifdef SHIM_VERSION
#define LINUX_VERSION_CODE SHIM_VERSION
#else
#define LINUX_VERSION_CODE (SHIM_TELLS ? KERNEL_VERSION(6, 12, 0) : KERNEL_VERSION(7, 2, 0))
#endif

#endif /* SHIM_LINUX_VERSION_H */
