/* SPDX-License-Identifier: GPL-2.0 */
/* A kernel of each binding: SHIM_TELLS is set by the build. */
#ifndef SHIM_LINUX_VERSION_H
#define SHIM_LINUX_VERSION_H

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE (SHIM_TELLS ? KERNEL_VERSION(6, 12, 0) : KERNEL_VERSION(7, 2, 0))

#endif /* SHIM_LINUX_VERSION_H */
