/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of sysfs, procfs and debugfs that hold one value.
 */
#ifndef MEMCTL_MATRIX_MACHINE_ATTRIBUTE_H
#define MEMCTL_MATRIX_MACHINE_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value without its newline; of one in which the word that holds stands in brackets ("always [madvise]
 * never"), that word. 0 or -errno.
 */
int attribute_read(const char *path, char *ret, size_t size);

/* In one write, which a signal may end. 0 or -errno. */
int attribute_write(const char *path, const char *value);
int __attribute__((format(printf, 2, 3))) attribute_printf(const char *path, const char *format, ...);

/* A number in the base (0: as it is written there); 0 where there is none. */
uint64_t attribute_number(const char *path, int base);

bool attribute_exists(const char *path);

/* A counter of /proc/vmstat; 0 where this kernel has none of that name. */
uint64_t vmstat(const char *name);

#endif
