/* SPDX-License-Identifier: GPL-2.0 */
/* Sections of several words of bits. */
#ifndef SHIM_LINUX_MMZONE_H
#define SHIM_LINUX_MMZONE_H

#include <linux/mm.h>

#undef PAGES_PER_SECTION
#define PAGES_PER_SECTION 256UL
#define pfn_to_section_nr(pfn) ((pfn) / PAGES_PER_SECTION)

#endif /* SHIM_LINUX_MMZONE_H */
