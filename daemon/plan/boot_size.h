/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much contiguous memory (CMA) the kernel should set aside when it boots, by what was asked for so far;
 * and how that is told to the kernel. Pure.
 */
#ifndef MEMCTL_PLAN_BOOT_SIZE_H
#define MEMCTL_PLAN_BOOT_SIZE_H

#include "daemon/plan/boot_reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kernels have 7 or 19 unless built otherwise (CONFIG_CMA_AREAS). */
#define CMA_DEMAND_AREAS_MAX 32

/* The name of all areas together, where the kernel does not tell them apart; taken for the default one. */
#define BOOT_AREA_ALL "all"

/* Causes of failures are enum memctl_cma_cause; there is room for more of them. */
#define CMA_DEMAND_CAUSES 16

/* What is known of the requests to one area. Bytes; 0 is also "not told", where exact is not set. */
struct cma_demand_area {
        char name[BOOT_AREA_MAX];
        bool exact;        /* by memctl.ko, each request; else by samples of the kernel's counters */
        uint64_t size;     /* that it has, or last had */
        uint64_t peak;     /* the most that was allocated at a time, or in a sample */
        uint64_t needed;   /* exact: the least size with which no request fails for want of room */
        uint64_t largest;  /* exact: no allocation asked for was larger */
        uint64_t align;    /* exact: the largest alignment asked for */
        uint64_t requests; /* allocations asked for, failed ones included */
        uint64_t failed;
        uint64_t by_cause[CMA_DEMAND_CAUSES]; /* exact: of failed */
        uint64_t lost;                        /* exact: requests that were not noted */
};

/* The areas' names differ. */
struct cma_demand {
        struct cma_demand_area areas[CMA_DEMAND_AREAS_MAX];
        size_t n;
        uint64_t seconds; /* that the record covers, over all boots in it; 0: there is no record */
        uint64_t boots;
};

/* What the machine and its kernel are like. Bytes. */
struct boot_machine {
        uint64_t memory;   /* MemTotal */
        uint64_t unit;     /* areas are whole ones of these: the kernel's page blocks; 0: not known */
        uint64_t gigantic; /* the largest huge page; 0: none */
        uint32_t nodes;    /* online NUMA nodes, at least 1 */
        bool cma;          /* the kernel has CMA at all */
        bool has_default;  /* and a default area now: cma=0 would take it away */
        bool per_node;     /* CONFIG_CMA_SIZE_PERNUMA: cma= makes an area of that size on each node, too */
};

/* Room for the sizes of as many areas as there may be. */
#define BOOT_COMMAND_LINE_MAX 1024

struct boot_size {
        bool told;              /* false: there is no record, and nothing can be said */
        uint64_t bytes;         /* of all areas that the command line makes together */
        uint64_t default_bytes; /* of the default one: cma=, or the device tree's linux,cma-default */
        bool nothing_to_set;    /* the kernel does as it should without a word */
        bool too_much;          /* less than an eighth of the memory would be left for all else */
        bool cut;               /* the command line has more to say than there is room for */
        struct boot_reasons reasons;

        /* "cma=64M cma_pernuma=0"; "" where there is nothing to set */
        char command_line[BOOT_COMMAND_LINE_MAX];
};

#define BOOT_UNIT_ASSUMED_BYTES (UINT64_C(4) << 20)

/* Fills *ret. */
void boot_size(const struct cma_demand *demand, const struct boot_machine *machine, struct boot_size *ret);

/*
 * Whether its command line is one that the machine may be booted with. 0; -ENODATA: there is nothing to set,
 * or nothing known; -EOPNOTSUPP: the kernel has no CMA; -ERANGE: too much; -E2BIG: cut. *message says why.
 */
int boot_size_check(const struct boot_size *size, const struct boot_machine *machine, char **message);

/* Of the names that kernels give the default area. */
bool boot_area_is_default(const char *name);

/*
 * The same as a node for the device tree's source, to be freed: a reusable shared-dma-pool that is
 * linux,cma-default. NULL when memory is short, or default_bytes is 0, or it is too much.
 */
char *boot_size_device_tree(const struct boot_size *size, const struct boot_machine *machine);

#endif
