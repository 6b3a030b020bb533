/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The record of demand as it lies in /var/lib/memctl/cma-history: one JSON document, an entry a boot with an
 * entry an area, written anew as a whole. The file is read like anything from outside: one that is not as
 * written here is trusted in nothing, and put aside before it is written over.
 */
#ifndef MEMCTL_BOOT_RECORD_TEXT_H
#define MEMCTL_BOOT_RECORD_TEXT_H

#include "daemon/boot/folder.h"
#include "daemon/boot/sample.h"
#include "daemon/core/config_file.h"

#define CMA_RECORD_FILE  BOOT_STATE_FOLDER "/cma-history"
#define CMA_RECORD_ASIDE CMA_RECORD_FILE ".bad"

/* Boots that are kept: the last ones. */
#define CMA_RECORD_BOOTS_MAX 16

/* What this is, and those who read it, may have: some 600 bytes an area and boot. */
#define CMA_RECORD_TEXT_MAX ((size_t) 1024 * 1024)

struct cma_record_area {
        struct cma_demand_area demand; /* over this boot */
        /* As they were in the last sample: counters begin anew with the module, and differ by source. */
        bool last_exact;
        uint64_t last_requests, last_failed, last_lost;
        uint64_t last_by_cause[CMA_DEMAND_CAUSES];
};

struct cma_record_boot {
        char id[BOOT_ID_MAX];
        uint64_t first_uptime, last_uptime; /* seconds: of its first sample and the last */
        struct cma_record_area areas[CMA_DEMAND_AREAS_MAX];
        size_t n;
};

struct cma_record {
        struct cma_record_boot *boots; /* oldest first */
        size_t n;                      /* at most CMA_RECORD_BOOTS_MAX */
};

void cma_record_clear(struct cma_record *record);

/* Text as in the file. 0; -EBADMSG with *message set; -ENOMEM. */
int cma_record_parse(const char *text, size_t size, struct cma_record *ret, char **message);

/* The other way, to be freed; NULL when memory is short. */
char *cma_record_format(const struct cma_record *record);

#endif
