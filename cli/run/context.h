/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One run of memctl: what was asked, and the connection it is asked on. run/ is what all other rooms of cli/
 * may include, and includes none of them.
 */
#ifndef MEMCTL_CLI_RUN_CONTEXT_H
#define MEMCTL_CLI_RUN_CONTEXT_H

#include "basic/cleanup.h"
#include "basic/job_options.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

/* Exit statuses, fixed for scripts. */
enum {
        EXIT_DONE = 0,
        EXIT_FAILED = 1, /* and all was put back */
        EXIT_USAGE = 2,
        EXIT_REFUSED = 3, /* by the plan, with nothing touched */
        EXIT_NOT_AUTHORIZED = 4,
        EXIT_NO_SERVICE = 5,
        EXIT_NOT_FOUND = 6,
        EXIT_BUSY = 7,         /* somebody else has it, or as many as may be are at work */
        EXIT_PARTIAL = 64,     /* some blocks went, and are kept */
        EXIT_NOT_PUT_BACK = 65, /* failed, and not all is as it was */
};

enum output { OUTPUT_TEXT, OUTPUT_JSON_PRETTY, OUTPUT_JSON_SHORT };

/* Columns of a table at most. */
#define COLUMNS_MAX 32

struct context {
        enum output output;
        const char *root; /* NULL: the running machine */
        const char *host; /* NULL: this one */

        bool quiet, no_pager, no_ask_password, no_block;
        bool bytes, no_headings;
        const char *columns;                 /* as given; NULL: those of the table */
        unsigned char chosen[COLUMNS_MAX];   /* indices of them, checked */
        size_t n_chosen;
        bool no_color;
        bool failing;
        bool watch;
        bool apply, revert;
        bool run;
        const char *by;  /* NULL: by owner */
        const char *svg; /* NULL: to stdout */
        const char *textfile, *html, *bundle; /* NULL: none was given */
        uint64_t size;   /* bytes; 0: none was given */
        int node;        /* -1: any */
        uint64_t align;  /* bytes; 0: none was given */
        bool movable;
        const char *name, *from, *rule; /* NULL: none was given */

        struct job_options job;
        unsigned int given; /* of job: bits, 1 << enum job_option_id */

        char **args; /* after the verb */
        size_t n_args;
        size_t n_command; /* of them, the last, behind "--" */

        sd_bus *bus;
        bool private;
        pid_t daemon; /* the private memctld, 0: none */
        pid_t agent;  /* what asks for passwords on this terminal, 0: none */
};

#define CONTEXT_NONE ((struct context){ .node = -1, .job = JOB_OPTIONS_NONE })

#endif
