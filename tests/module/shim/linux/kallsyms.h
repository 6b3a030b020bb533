/* SPDX-License-Identifier: GPL-2.0 */
unsigned long kallsyms_lookup_name(const char *name);
