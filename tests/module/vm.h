/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VM: takes pages, migrates them, gives them back, by the rules of mm/migrate.c
 * up to 6.16 (vm-tells.c) or from 7.0 on (vm-balloon.c).
 */
#ifndef TESTS_KERNEL_VM_H
#define TESTS_KERNEL_VM_H

#include <linux/mm.h>

/* In which mode it migrates; each round of a test may have its own. */
extern enum migrate_mode vm_mode;

/* True: the page is the caller's, with a reference, until migrated (0) or put back. */
bool vm_isolate(struct page *page);

/* 0: the page is no longer the caller's; its content, if its owner had not freed it, is in dst. */
int vm_migrate(struct page *src, struct page *dst);
void vm_putback(struct page *page);

/* One round over the pages from first to last: isolate, some passes of migration, put back. */
unsigned int vm_compact(unsigned long first, unsigned long last, unsigned long to, unsigned int passes);

#endif /* TESTS_KERNEL_VM_H */
