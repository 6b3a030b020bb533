/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel parameter of the memory map of new memory, from the next boot on: written for the boot loader,
 * or taken back, by a process of its own, for programs and disks take their time.
 */
#ifndef MEMCTL_QUERY_MEMMAP_BOOT_H
#define MEMCTL_QUERY_MEMMAP_BOOT_H

#include "daemon/boot/change.h"
#include "daemon/machine/machine.h"

/* It goes from process to process as it is. */
struct memmap_boot_report {
        bool changed;
        char parameter[64]; /* that is written now: "memory_hotplug.memmap_on_memory=Y"; "": none */
        char loader[32];    /* for which; "": none */
};

/* What is written for the boot loader now; for a helper. */
void memmap_boot_look(int root_fd, struct memmap_boot_report *ret);

struct memmap_boot;

/* error: 0 or -errno, and message says why, or is NULL. The report is there while the call lasts. */
typedef void (*memmap_boot_done_t)(void *userdata, int error, const char *message,
                                   const struct memmap_boot_report *report);

/*
 * value: "yes", "no", "force": written; "": taken back. Errors as of boot_apply() and boot_revert().
 * service: as cma_boot_new() has it. done is called once, from the loop; it may free the question. 0 or
 * -errno.
 */
int memmap_boot_new(struct machine *machine, const char *value, bool service, memmap_boot_done_t done,
                    void *userdata, struct memmap_boot **ret);
struct memmap_boot *memmap_boot_free(struct memmap_boot *boot);
DEFINE_CLEANUP(struct memmap_boot *, memmap_boot_free)

#endif
