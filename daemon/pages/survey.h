/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who owns the pages of blocks, and which of them do not move. memctl.ko knows; without it /proc tells less,
 * and what it cannot tell is named, not taken for 0.
 */
#ifndef MEMCTL_PAGES_SURVEY_H
#define MEMCTL_PAGES_SURVEY_H

#include "daemon/machine/tree.h"
#include "uapi/memctl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum survey_source {
        SURVEY_NONE,       /* nobody could be asked */
        SURVEY_MODULE,     /* memctl.ko */
        SURVEY_KPAGEFLAGS, /* /proc/kpageflags */
};

const char *survey_source_name(enum survey_source source); /* "none", "module", "kpageflags" */

/* enum memctl_class is the model's own, too. The words of docs/json.md: "lru_file", "pinned"; NULL past the
 * last */
const char *memory_class_name(unsigned int class);

#define SURVEY_OWNER_NONE UINT16_MAX

/* Pages of one class, order and owner in a block. */
struct survey_count {
        uint32_t block;
        uint16_t owner; /* index into owners, or SURVEY_OWNER_NONE */
        uint8_t class;  /* enum memctl_class */
        uint8_t order;
        uint64_t pages;
};

/* Pages in a row that keep their block: the first MEMCTL_KEEPERS_MAX of each block. */
struct survey_keeper {
        uint64_t pfn, pages;
        uint32_t block;
        uint16_t owner;
        uint8_t class;
};

struct survey {
        enum survey_source source;
        uint32_t unknown; /* bits 1 << enum memctl_class: classes that the source cannot tell; their pages
                             are counted as MEMCTL_CLASS_OTHER, or as what else they look like */
        char **owners;
        size_t n_owners;
        struct survey_count *counts; /* by block, in the order read */
        size_t n_counts, size_counts;
        struct survey_keeper *keepers; /* the same; those of a block ascending */
        size_t n_keepers, size_keepers;
        char *note; /* why a better source than this was not used, if there is something to say; or NULL */
};

/*
 * Adds one block, from the best source there is, to a survey that is zeroed to begin with. Later blocks are
 * read from the same source; should that go away meanwhile, the error says so. 0 or -errno with *message and
 * nothing added; -ENODATA: no source at all, or a tree
 * does not tell its page size. Time is proportional to the block: 10 to 30 ns a page.
 */
int survey_add_block(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                     char **message);
void survey_clear(struct survey *survey);

/* The rows of one block. */
struct survey_block {
        const struct survey *survey;
        uint32_t block;
        const struct survey_count *counts;
        size_t n_counts;
        const struct survey_keeper *keepers;
        size_t n_keepers;
};

/* Steps through a survey: block begins zeroed but for its survey. False after the last. */
bool survey_next_block(struct survey_block *block);

/* The owner's name, NULL for SURVEY_OWNER_NONE. */
const char *survey_owner(const struct survey *survey, uint16_t owner);

#endif
