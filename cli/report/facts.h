/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that a report shows, read once; of what could not be read, why.
 */
#ifndef MEMCTL_CLI_REPORT_FACTS_H
#define MEMCTL_CLI_REPORT_FACTS_H

#include "cli/daemon/columns_survey.h"
#include "cli/run/say.h"

enum fact {
        FACT_BLOCKS,
        FACT_DIMMS,
        FACT_NODES,
        FACT_SURVEY,
        FACT_MODULE,
        FACT_CMA,
        FACT_POLICY,
        FACT_JOBS,
        FACT_MATRIX,
        _FACT_MAX,
};

struct facts {
        struct context *context;
        json_object *manager;              /* properties */
        struct wire_blocks blocks;         /* block_size 0: not read */
        struct wire_survey survey;         /* n 0 rows: nobody counts */
        json_object *dimms, *nodes, *jobs; /* lists of properties; NULL: not read, as all of these */
        json_object *module;               /* as of GetModule */
        json_object *areas;                /* as of ListCmaAreas, the first of all together */
        json_object *shown;                /* as of ShowCmaArea, by name; those that could not be: a text */
        json_object *policy;               /* as of GetCompactionPolicy */
        json_object *matrix;               /* as memctl matrix keeps it */
        char why[_FACT_MAX][SAY_HELD_MAX]; /* "": it was read */
        char host[256], release[256], arch[64]; /* "": not known */
};

/*
 * Asks nobody for a password. An exit status: not EXIT_DONE, and it was said, where memctld does not answer.
 * With any, ret is the caller's to clear.
 */
int facts_gather(struct context *context, struct facts *ret);
void facts_clear(struct facts *facts);

#endif
