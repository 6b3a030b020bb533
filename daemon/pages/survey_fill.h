/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For those who fill a survey: the sources, and whoever puts one together from others.
 */
#ifndef MEMCTL_PAGES_SURVEY_FILL_H
#define MEMCTL_PAGES_SURVEY_FILL_H

#include "daemon/pages/survey.h"

#include <netlink/msg.h>

/* More different owners than this, and more counts in a block, are a mistake of the source. */
#define SURVEY_OWNERS_MAX 1024
#define SURVEY_COUNTS_MAX 4096

/*
 * Adds pages to the survey: to the count of the same class, order and owner among those from index first on
 * (where the block's counts begin), or as a new one. owner NULL: not told apart; count->owner is not looked
 * at. 0, -ENOMEM, -E2BIG.
 */
int survey_add_count(struct survey *survey, size_t first, const struct survey_count *count,
                     const char *owner);

/* Adds pages in a row that keep the block. 0, -ENOMEM, -E2BIG for too many owners. */
int survey_add_keeper(struct survey *survey, const struct survey_keeper *keeper, const char *owner);

/* Brings the rows of all blocks into the order of their numbers. */
void survey_sort(struct survey *survey);

/* Brings the keepers from index first on into the order of their pfns. */
void survey_sort_keepers(struct survey *survey, size_t first);

/* Adds a block of another survey. 0, -ENOMEM, -E2BIG. */
int survey_copy_block(struct survey *survey, const struct survey_block *block);

/* Pinned pages, and those that are nobody's, may be so for a moment only. */
bool survey_class_passes(enum memctl_class class);

/*
 * Adds a block that was looked at twice: as it is now, but pages that were of such a class only one of the
 * two times are counted as what they are besides, and are no keepers. Of pages beyond the keepers that
 * either look has, the smaller number counts. 0, -ENOMEM, -E2BIG.
 */
int survey_settle_block(struct survey *survey, const struct survey_block *before,
                        const struct survey_block *now);

/* The sources: as survey_add_block(). -ENODATA: this one is not there, or does not answer this user. */
int survey_read_module(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                       char **message);
int survey_read_kpageflags(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                           char **message);

/* An answer of memctl.ko being read. */
struct survey_answer {
        struct survey *survey;
        uint32_t number;
        uint64_t start_pfn, end_pfn; /* of the block */
        size_t first_count;          /* where the block's counts begin */
        uint64_t pages;              /* accounted for so far */
        uint64_t keepers_from;       /* they come ascending */
        size_t n_keepers;
};

/* One message of the answer to MEMCTL_C_SURVEY. 0, -ENOMEM, or -EBADMSG with *message set. */
int survey_parse(struct nlmsghdr *header, struct survey_answer *answer, char **message);

#endif
