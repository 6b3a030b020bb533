/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What can be done to memory, by the words of docs/bus.md. Pure.
 */
#ifndef MEMCTL_PLAN_VERB_H
#define MEMCTL_PLAN_VERB_H

#include <stdbool.h>

enum job_verb {
        JOB_BLOCK_OFFLINE,
        JOB_BLOCK_ONLINE,
        JOB_DIMM_OFFLINE,
        JOB_DIMM_ONLINE,
        JOB_DIMM_EJECT,
        JOB_NODE_OFFLINE,
        JOB_NODE_ONLINE,
        JOB_COMPACT,
        JOB_HUGEPAGES, /* huge pages are added to a pool */
        _JOB_VERB_MAX,
};

const char *job_verb_name(enum job_verb verb); /* "block-offline" */
bool job_verb_is_offline(enum job_verb verb);  /* it takes blocks offline */
bool job_verb_is_online(enum job_verb verb);   /* it brings blocks online */
bool job_verb_is_of_blocks(enum job_verb verb); /* it changes blocks, or whether a DIMM is there */
bool job_verb_is_of_dimm(enum job_verb verb);  /* it is about one DIMM, by its name */

#endif
