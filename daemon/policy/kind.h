/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctld does by itself is of several kinds, each with sections of its own in the same files:
 * [Compaction] and [Compaction 1], [Online] and [Online NAME]. One kind's fault is none of another's.
 */
#ifndef MEMCTL_POLICY_KIND_H
#define MEMCTL_POLICY_KIND_H

#include <stdbool.h>
#include <stddef.h>

struct policy_kind {
        size_t size; /* of its configuration, a struct that can be copied */

        /* What holds without any file. */
        void (*init)(void *config);

        /*
         * Reads a file's text over what is in config, and passes over sections of other kinds. node_max: the
         * highest number that a node of this machine may have. 0; -EINVAL with *message set: file, line,
         * what is wrong and what is accepted, and config is as it was; -ENOMEM. Pure.
         */
        int (*parse)(const char *path, const char *text, size_t size, int node_max, void *config,
                     char **message);
};

/* The first words of all sections that there are. */
#define POLICY_SECTION_COMPACTION "Compaction"
#define POLICY_SECTION_ONLINE     "Online"

/* Whether a section of that name belongs to another kind than the one of this first word. */
bool policy_section_is_of_others(const char *name, const char *own);

#endif
