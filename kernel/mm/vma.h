/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flags of a mapping: written by a function since 6.3, which knows of the vma's lock.
 */
#ifndef MEMCTL_MM_VMA_H
#define MEMCTL_MM_VMA_H

#include <linux/mm.h>
#include <linux/version.h>

static inline void memctl_vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

#endif /* MEMCTL_MM_VMA_H */
