/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much contiguous memory the kernel should set aside when it boots, what is written for that, and what
 * the kernel that runs made of it; and the changes to it. All of it reads much and may write: a process of
 * its own does it, and answers.
 */
#ifndef MEMCTL_QUERY_CMA_BOOT_H
#define MEMCTL_QUERY_CMA_BOOT_H

#include "daemon/machine/machine.h"
#include "daemon/query/cma_boot_report.h"

enum cma_boot_what {
        CMA_BOOT_LOOK,
        CMA_BOOT_RECORD, /* note what was asked for up to now */
        CMA_BOOT_APPLY,
        CMA_BOOT_REVERT,
};

struct cma_boot;

/* error: 0 or -errno, and message says why, or is NULL. The report is there while the call lasts, and only
 * without an error; device_tree: "" where there is none. */
typedef void (*cma_boot_done_t)(void *userdata, int error, const char *message,
                                const struct cma_boot_report *report, const char *device_tree);

/*
 * service: memctld is one, in a sandbox in which boot loaders' programs do not work: a unit runs them. Only
 * of the running machine's tree more than a look may be had. done is called once, from the loop; it may free
 * the question. 0 or -errno.
 */
int cma_boot_new(struct machine *machine, enum cma_boot_what what, bool service, cma_boot_done_t done,
                 void *userdata, struct cma_boot **ret);
struct cma_boot *cma_boot_free(struct cma_boot *boot);
DEFINE_CLEANUP(struct cma_boot *, cma_boot_free)

#endif
