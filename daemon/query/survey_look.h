/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveys many blocks, and waits for it: what the helper of query/survey.c does.
 */
#ifndef MEMCTL_QUERY_SURVEY_LOOK_H
#define MEMCTL_QUERY_SURVEY_LOOK_H

#include "daemon/pages/survey.h"
#include "daemon/plan/range.h"

struct survey_request {
        struct tree *tree;
        uint64_t block_size;
        struct block_set blocks;
        bool settle;    /* as in survey_task_new() */
        bool only_look; /* as survey_task_only_look() says */
        size_t limit;   /* of rows, as survey_task_limit() says; 0: none */
};

/* 0, or -errno with *message set or NULL and *ret left alone. *n_blocks: so many of the blocks are done
 * with. */
int survey_look(const struct survey_request *request, struct survey *ret, size_t *n_blocks, char **message);

#endif
