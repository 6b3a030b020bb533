/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was found out about blocks that do not go offline (why.h). Data only.
 */
#ifndef MEMCTL_QUERY_WHY_REPORT_H
#define MEMCTL_QUERY_WHY_REPORT_H

#include "daemon/pages/allocinfo.h"
#include "daemon/pages/mapper.h"
#include "daemon/pages/survey.h"
#include "daemon/plan/range.h"
#include "daemon/plan/unmovable.h"

/* Keepers told of in all; those of each block are cut to its share. */
#define WHY_KEEPERS_MAX 4096

struct why_owner {
        struct owned_pages pages;
        enum movability movable;
        unsigned int advice; /* bits 1 << enum advice */
        bool searched;       /* for processes, and what was not found is not there */
        uint32_t pids[MAPPER_PIDS_MAX];
        size_t n_pids;
};

struct why_keeper {
        const struct survey_keeper *pages;
        bool searched;
        uint32_t pids[MAPPER_PIDS_MAX];
        size_t n_pids;
        char *allocated_by; /* or NULL */
};

struct why_report {
        bool only_counted; /* nobody looked for processes and allocations, nor may keepers be told */
        uint64_t block_size, page_size; /* bytes */
        struct block_set blocks, offline; /* looked at, and not */
        struct survey survey;
        struct why_owner *owners;
        size_t n_owners;
        struct why_keeper *keepers;
        size_t n_keepers;
        struct mapper_process *processes; /* all that are named, by pid */
        size_t n_processes;
        bool has_allocations;
        struct allocation_list allocations;
};

void why_report_clear(struct why_report *report);

#endif
