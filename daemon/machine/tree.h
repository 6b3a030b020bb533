/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree that a snapshot is read from: the running machine's /sys and /proc, or any directory that holds
 * a sys/ and maybe a proc/ (--root DIR). Only the running machine's tree is ever written to.
 */
#ifndef MEMCTL_MACHINE_TREE_H
#define MEMCTL_MACHINE_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct tree {
        char *root;     /* "/" for the running machine */
        int root_fd;    /* O_PATH of root; paths below it are "sys/..." and "proc/..." */
        int memory_fd;  /* sys/devices/system/memory; -1: the kernel has no memory hotplug */
        bool has_nodes; /* the kernel knows NUMA nodes: sys/devices/system/node is there */
        bool live;      /* the running machine: may be changed, events are followed */
        uint64_t page_size; /* bytes of a base page (page_size.h); 0 where a tree does not tell */
};

/*
 * Opens the tree below root; NULL or "/" is the running machine. Returns 0 or -errno with *message set:
 * -ENOENT or -ENOTDIR when root is no directory, or has neither sys/devices/system/memory nor proc/meminfo.
 */
int tree_open(const char *root, struct tree **ret, char **message);
struct tree *tree_close(struct tree *tree);

#include "basic/cleanup.h"
DEFINE_CLEANUP(struct tree *, tree_close)

#endif
