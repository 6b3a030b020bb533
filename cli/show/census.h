/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages added up by owner, and by block, node or order besides. No I/O.
 */
#ifndef MEMCTL_CLI_SHOW_CENSUS_H
#define MEMCTL_CLI_SHOW_CENSUS_H

#include "cli/daemon/columns_survey.h"

enum census_by { CENSUS_BY_OWNER, CENSUS_BY_BLOCK, CENSUS_BY_NODE, CENSUS_BY_ORDER };

/* "owner", "block", "node", "order" */
const char *census_by_name(enum census_by by);

/* 0 or -EINVAL for another word. */
int census_by_parse(const char *word, enum census_by *ret);

struct census_row {
        int64_t key; /* the block, node (-1: not known) or order; 0 by owner */
        uint64_t pages;
        uint16_t owner; /* as in the survey */
        uint8_t class;
};

/*
 * Adds up the survey's columns: one row for each key, class and owner, by key, then the most pages first.
 * The nodes are those of blocks, which is needed for them only. Rows are to be freed. 0 or -ENOMEM.
 */
int census_make(const struct wire_survey *survey, enum census_by by, const struct wire_blocks *blocks,
                struct census_row **ret_rows, size_t *ret_n);

#endif
