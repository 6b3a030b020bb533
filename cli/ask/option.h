/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of the command line, in one table: parsing, help, what goes with which verb, and, by the row
 * of basic/job_options.h that it points to, what is sent over the bus.
 */
#ifndef MEMCTL_CLI_ASK_OPTION_H
#define MEMCTL_CLI_ASK_OPTION_H

#include "cli/run/context.h"

enum option_id {
        OPTION_JSON,
        OPTION_HOST,
        OPTION_ROOT,
        OPTION_QUIET,
        OPTION_NO_PAGER,
        OPTION_NO_ASK_PASSWORD,
        OPTION_HELP,
        OPTION_VERSION,
        OPTION_OUTPUT,
        OPTION_NO_HEADINGS,
        OPTION_BYTES,
        OPTION_NO_BLOCK,
        OPTION_FAILING,
        OPTION_SIZE,
        OPTION_NODE,
        OPTION_BY,
        OPTION_SVG,
        OPTION_NO_COLOR,
        OPTION_WATCH,
        OPTION_TIMEOUT,
        OPTION_EJECT,
        OPTION_FORCE,
        OPTION_CACHE,
        OPTION_PARTIAL,
        OPTION_STUCK,
        OPTION_MAX_PAUSE,
        OPTION_RATE,
        OPTION_TO_NODE,
        OPTION_SWAP,
        OPTION_RESUME,
        OPTION_ZONE,
        OPTION_NAME,
        OPTION_ALIGN,
        OPTION_MOVABLE,
        OPTION_FROM,
        OPTION_APPLY,
        OPTION_REVERT,
        OPTION_ORDER,
        OPTION_UNTIL,
        OPTION_RUN,
        OPTION_TEXTFILE,
        OPTION_HTML,
        OPTION_BUNDLE,
        OPTION_RULE,
        _OPTION_MAX,
};

#define OPTION(id)     (UINT64_C(1) << OPTION_##id)
#define OPTIONS_COMMON (OPTION(OUTPUT) - 1) /* those before it go with every verb */

enum option_kind {
        KIND_FLAG,    /* bool, takes no value */
        KIND_TEXT,    /* const char *, not "" */
        KIND_WORD,    /* const char *, or an option of a job: one of words */
        KIND_NODE,    /* int */
        KIND_SECONDS, /* uint64_t, as the next four */
        KIND_PAUSE,
        KIND_SIZE,
        KIND_RATE,
        KIND_COUNT,
        KIND_JSON, /* its value may be left out */
        KIND_HELP,
        KIND_VERSION,
};

/* What a shell may complete a value by. */
enum completed_by {
        COMPLETED_BY_NOBODY,
        COMPLETED_BY_WORDS, /* option_words() */
        COMPLETED_BY_NODES,
        COMPLETED_BY_COLUMNS, /* of the verb's table */
        COMPLETED_BY_FILES,
        COMPLETED_BY_DIRECTORIES,
        COMPLETED_BY_HOSTS,
};

struct cli_option {
        const char *name;
        char letter; /* 0: none */
        enum option_kind kind;
        const char *value;    /* for help; NULL: takes none */
        const char *accepted; /* for people, where a value is none of them */
        const char *help;
        const char *const *words; /* ends with NULL */
        bool of_job;
        enum job_option_id job;
        size_t offset; /* else, in struct context */
        enum completed_by completed_by;
};

const struct cli_option *option_row(enum option_id id);

/* Whether a value has to follow it. */
bool option_takes_value(const struct cli_option *row);

/* The words that it may be given, ends with NULL; NULL: its values are none. */
const char *const *option_words(const struct cli_option *row);

/* Stores the value. False: it is not what is accepted. */
bool option_take(enum option_id id, const char *value, struct context *context);

/* Options of the kinds of request, as bits. */
uint64_t options_of_set(enum option_set set);

#endif
