/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctld is to do by itself: /etc/memctl/memctl.conf and drop-ins. A file with a fault changes
 * nothing: what was in force stays.
 *
 *   [Compaction]
 *   Enabled=yes            no is the default: nothing is done unasked
 *   Order=9                pieces of 2^order pages; of a huge page is the default
 *   Free=64                pieces to be kept free on each node, or a share of its memory: 5%
 *   CPU=1%                 of one CPU at most, on average
 *   Quiet=08:00-18:00      local time in which nothing is done; several, with blanks between them
 *   Proactiveness=0        of the kernel's own compaction (vm.compaction_proactiveness), 0 to 100
 *   DefragMode=yes         the kernel is to keep page blocks whole (vm.defrag_mode); these two are left as
 *                          they are where nothing stands behind the =, as by default
 *   [Compaction 1]         of node 1: Enabled, Order and Free
 */
#ifndef MEMCTL_POLICY_CONFIG_H
#define MEMCTL_POLICY_CONFIG_H

#include "basic/cleanup.h"
#include "daemon/policy/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one node, or of all others. */
struct compaction_target {
        int node; /* -1: all that have none of their own */
        bool enabled;
        int order;          /* -1: of a huge page */
        uint64_t pieces;    /* to be free; 0: a share */
        unsigned int share; /* of the node's memory, in thousandths */
};

/* Minutes of the day, local time, [from, to); to may be the smaller one. */
struct quiet_time {
        unsigned int from, to;
};

#define QUIET_TIMES_MAX    8
#define CONFIG_NODES_MAX   64
#define COMPACTION_CPU_MAX 1000 /* thousandths */

/* What the kernel has under /proc/sys/vm, and is set only where that is asked for. */
enum vm_setting { VM_PROACTIVENESS, VM_DEFRAG_MODE, _VM_SETTING_MAX };

#define VM_SETTING_NONE (-1)

struct compaction_config {
        struct compaction_target all;
        struct compaction_target nodes[CONFIG_NODES_MAX]; /* by node, ascending */
        size_t n_nodes;
        unsigned int cpu; /* thousandths of a CPU */
        struct quiet_time quiet[QUIET_TIMES_MAX];
        size_t n_quiet;
        int vm[_VM_SETTING_MAX]; /* VM_SETTING_NONE: left as it is */
};

extern const struct policy_kind compaction_kind;

/* Off, with what is said above where it is switched on. */
void compaction_config_init(struct compaction_config *config);

/*
 * Reads a file's text over what is in config. node_max: the highest number that a node of this machine may
 * have. 0; -EINVAL with *message set: file, line, what is wrong and what is accepted, and config is as it
 * was; -ENOMEM. Pure.
 */
int compaction_config_parse(const char *path, const char *text, size_t size, int node_max,
                            struct compaction_config *config, char **message);

/* The node's own target, or that of all. */
const struct compaction_target *compaction_config_of_node(const struct compaction_config *config, int node);

/* Whether nothing is to be done in that minute of the day. */
bool compaction_config_is_quiet(const struct compaction_config *config, unsigned int minute);

/* Its quiet times as a file would have them: "22:00-06:00", with blanks between them; "": none. */
#define QUIET_TEXT_MAX (QUIET_TIMES_MAX * 16)
void compaction_config_quiet_text(const struct compaction_config *config, char ret[static QUIET_TEXT_MAX]);

/* Whether both say the same; false, too, where memory is short. */
bool compaction_config_same(const struct compaction_config *a, const struct compaction_config *b);

/* One line a key, as a file would have it; NULL: memory is short. To be freed. */
char *compaction_config_text(const struct compaction_config *config);

#endif
