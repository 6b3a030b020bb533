/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * To which zone new memory goes, and why. Pure: all it knows is in its arguments.
 */
#ifndef MEMCTL_ONLINING_DECIDE_H
#define MEMCTL_ONLINING_DECIDE_H

#include "daemon/onlining/config.h"

/* New memory of one DIMM or device, on one node. Text is the caller's; "" where there is none. */
struct new_memory {
        const char *dimm, *label;     /* of an ACPI memory device */
        const char *driver, *device;  /* whose driver manages it */
        int node;                     /* -1: not known */
        uint64_t device_bytes;        /* of the DIMM or the device; 0: not known */
        uint64_t new_bytes;           /* that are to be brought online now */
        bool can_movable, can_kernel; /* the kernel offers that zone for each of its blocks */
        /* All of the DIMM's blocks that are online are there; TARGET_NONE: none is, or they are in both. */
        enum online_target others;
};

/* What brought it, as Driver= has it: "acpi", the driver's name, or "other". */
const char *new_memory_driver(const struct new_memory *memory);

/* The machine's online memory, bytes; CMA areas count as movable, as the kernel's own policy has it. */
struct online_machine {
        uint64_t movable_bytes, kernel_bytes;
};

enum online_why {
        WHY_OFF,          /* nothing is to be done by itself */
        WHY_OTHERS,       /* somebody else decides */
        WHY_SAME_DIMM,    /* the rest of the DIMM is there */
        WHY_RULE,         /* a rule says so */
        WHY_DEFAULT,      /* no rule matches */
        WHY_RATIO,        /* there would be too much movable memory */
        WHY_NOT_POSSIBLE, /* the kernel does not offer that zone */
        _WHY_MAX,
};

const char *online_why_name(enum online_why why); /* "rule" */

struct online_verdict {
        enum online_target target; /* TARGET_OFFLINE: it is left as it is */
        enum online_target wanted; /* by rule or default */
        enum online_why why;
        const struct online_rule *rule; /* of wanted; NULL: none */
        uint32_t ratio;                 /* that holds for it, in percent, or ONLINE_RATIO_NONE */
};

/* The first rule with a zone that matches; NULL: none. */
const struct online_rule *online_rule_find(const struct online_config *config,
                                           const struct new_memory *memory);

/*
 * others: who else decides about this memory; NULL: nobody. as_if: as if it were switched on.
 *
 * The bound on movable memory is that of the kernel's policy auto-movable
 * (auto_movable_can_online_movable(), mm/memory_hotplug.c) over the whole machine, but memory that was
 * plugged in and is in a kernel zone counts as the kernel's here. What is over it goes to the kernel's zone.
 */
struct online_verdict online_decide(const struct online_config *config, const struct new_memory *memory,
                                    const struct online_machine *machine, const char *others, bool as_if);

/* The most movable memory that there may be beside so much of the kernel's. Bytes. */
uint64_t online_most_movable(uint32_t ratio, uint64_t kernel_bytes);

/* For people: what was decided by, in a sentence without a full stop. */
#define ONLINE_REASON_MAX 768
void online_reason(const struct online_verdict *verdict, const struct new_memory *memory,
                   const struct online_machine *machine, const char *others,
                   char ret[static ONLINE_REASON_MAX]);

/* What is to be known before memory goes to a kernel zone. Static. */
extern const char online_kernel_warning[];

/* Whether some memory may come to a kernel zone by this configuration. */
bool online_config_may_kernel(const struct online_config *config);

#endif
