/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of Manager.Survey, checked: who owns the pages of blocks.
 */
#ifndef MEMCTL_CLI_COLUMNS_SURVEY_H
#define MEMCTL_CLI_COLUMNS_SURVEY_H

#include "cli/daemon/columns_blocks.h"

#define WIRE_OWNER_NONE UINT16_MAX

/* Whether pages move. */
enum movable { MOVABLE_NO, MOVABLE_YES, MOVABLE_UNKNOWN };

struct page_class {
        const char *name;
        const char *kind; /* "": cannot be told */
        enum movable movable;
};

struct wire_survey {
        sd_bus_message *message; /* has the columns */
        void *joined[5];         /* or these have, in that order: those of several answers */
        json_object *about, *class_table, *owner_table;
        struct page_class *classes; /* text in class_table */
        size_t n_classes;
        struct wire_column block; /* uint32_t */
        struct wire_column class; /* uint8_t, index into classes */
        struct wire_column owner; /* uint16_t, index into owner_table, or WIRE_OWNER_NONE */
        struct wire_column order; /* uint8_t */
        struct wire_column pages; /* uint64_t; all of them together are no more than a uint64_t */
};

/* Takes the columns out of the reply. 0 or -errno, -EBADMSG when they do not fit together. */
int wire_survey_read(struct wire_survey *survey, sd_bus_message *reply);

/*
 * Puts the rows of another answer behind those that there are. 0; -EAGAIN: it is of another source;
 * -EBADMSG: they do not fit together; -ENOMEM.
 */
int wire_survey_join(struct wire_survey *survey, const struct wire_survey *page);

/* Asks, as often as it takes, about the ranges, NULL: all that is online. An exit status. */
int wire_survey_get(struct context *context, char **ranges, struct wire_survey *survey);

/* The name of an owner; the class's where nothing more is known. */
const char *wire_survey_owner(const struct wire_survey *survey, uint8_t class, uint16_t owner);

/* The class of that name, NULL: there is none. */
const struct page_class *wire_survey_class(const struct wire_survey *survey, const char *name);

void wire_survey_clear(struct wire_survey *survey);

#endif
