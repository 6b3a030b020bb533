/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel that runs, as far as a boot setting is concerned: how it was built, what it found when it
 * booted, and what it said then. To be called in a helper.
 */
#ifndef MEMCTL_BOOT_KERNEL_H
#define MEMCTL_BOOT_KERNEL_H

#include "daemon/boot/sample.h"
#include "daemon/plan/boot_taken.h"

/* Lines about CMA of the kernel's log, from when it booted. */
#define BOOT_LINES_MAX 16
#define BOOT_LINE_MAX  200

struct boot_lines {
        char items[BOOT_LINES_MAX][BOOT_LINE_MAX];
        size_t n;
        bool refused; /* one of them says that memory could not be reserved */
};

/*
 * Adds a line of the log, if it is about an area that is made at boot: "cma: Failed to reserve 102400 MiB".
 * What is said of allocations later is none.
 */
void boot_lines_add(struct boot_lines *lines, const char *message);

/* The whole log: of /dev/kmsg; where that may not be read, of the system's journal. No log, no lines. */
void boot_lines_read(const struct tree *tree, struct boot_lines *ret);

/*
 * Whether the kernel's configuration has the option: 1, 0, or -ENODATA where there is none to read
 * (/boot/config-RELEASE, /proc/config.gz).
 */
int boot_config_has(int root_fd, const char *release, const char *option);

/* sample may be empty. What a tree does not tell is 0, or not told. */
void boot_machine_read(const struct tree *tree, const struct cma_sample *sample, struct boot_machine *ret);
void boot_seen_read(const struct tree *tree, const struct cma_sample *sample,
                    const struct boot_machine *machine, struct boot_seen *ret);

/* /proc/cmdline; zeroes where there is none. */
void boot_cmdline_read(int root_fd, struct cmdline *ret);

#endif
