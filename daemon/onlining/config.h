/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to become of new memory, as memctl.conf and its drop-ins say (daemon/policy/files.h). A file with
 * a fault in these sections changes nothing of this: what was in force stays.
 *
 *   [Online]
 *   Enabled=yes               no is the default: nothing is done unasked
 *   Zone=movable              or kernel, or offline (it is left so): of what no rule decides
 *   MovableRatio=301%         no more movable memory than that share of the kernel's; none: no bound
 *   Force=no                  act although somebody else decides the same
 *   AutoOnlineBlocks=offline  of the kernel (auto_online_blocks); nothing: left as it is, as by default
 *   MemmapOnMemory=yes        of the kernel, at its next boot (memory_hotplug.memmap_on_memory); likewise
 *   [Online backup]           a rule, of that name; the first that matches decides
 *   Node=1                    what it is for: of this node,
 *   Driver=virtio_mem         brought by this driver or device, or acpi, or other,
 *   Dimm=PNP0C80:0*           of DIMMs so called, or so labelled,
 *   Size=512M-1G              of DIMMs or devices of so many bytes
 *   Zone=kernel               as above; a rule without decides nothing
 *   MovableRatio=none         as above, for what this rule decides
 */
#ifndef MEMCTL_ONLINING_CONFIG_H
#define MEMCTL_ONLINING_CONFIG_H

#include "daemon/onlining/value.h"
#include "daemon/policy/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ONLINE_RULES_MAX 64
#define ONLINE_NAME_MAX  64 /* with its NUL, as the next ones */
#define ONLINE_PLACE_MAX 384

struct online_rule {
        char name[ONLINE_NAME_MAX];
        char place[ONLINE_PLACE_MAX];    /* where it begins: "FILE:LINE" */
        int node;                        /* -1: any */
        char driver[ONLINE_PATTERN_MAX]; /* as fnmatch(3) has it; "": any */
        char dimm[ONLINE_PATTERN_MAX];   /* likewise */
        uint64_t size_min, size_max;     /* bytes; 0 and UINT64_MAX: any */
        enum online_target zone;
        uint32_t ratio;
};

struct online_config {
        bool enabled, force;
        enum online_target zone; /* not TARGET_NONE */
        uint32_t ratio;
        char auto_online[ONLINE_WORD_MAX]; /* "offline", "online", "online_kernel", "online_movable"; "" */
        char memmap[ONLINE_WORD_MAX];      /* "yes", "no", "force"; "" */
        struct online_rule rules[ONLINE_RULES_MAX]; /* in the order of files and lines */
        size_t n_rules;
};

extern const struct policy_kind online_kind;

/* Off, with what is said above where it is switched on. */
void online_config_init(struct online_config *config);

/* As policy_kind has it. Pure. */
int online_config_parse(const char *path, const char *text, size_t size, int node_max,
                        struct online_config *config, char **message);

/* The name of a rule: letters, digits and any of "-_.", up to 63. */
bool online_rule_name_is_good(const char *name);

/* "512M-1G", "512M-", "-1G", "512M"; "": any. */
#define ONLINE_SIZES_MAX 64
void online_rule_sizes_text(const struct online_rule *rule, char ret[static ONLINE_SIZES_MAX]);

/* One line a key, as a file would have it; NULL: memory is short. To be freed. */
char *online_config_text(const struct online_config *config);

/* Whether both say the same; false, too, where memory is short. */
bool online_config_same(const struct online_config *a, const struct online_config *b);

#endif
