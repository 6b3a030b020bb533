/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One run of memctl: what was asked, and the connection it is asked on.
 */
#ifndef MEMCTL_CLI_CONTEXT_H
#define MEMCTL_CLI_CONTEXT_H

#include "basic/cleanup.h"

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

struct context {
        enum output output;
        const char *root; /* NULL: the running machine */
        const char *host; /* NULL: this one */

        bool eject;
        bool force;
        bool no_color;
        bool failing;
        const char *by;        /* NULL: by owner */
        const char *svg;       /* NULL: to stdout */
        uint64_t timeout_usec; /* 0: none */
        const char *zone;      /* NULL: the daemon's default */
        uint64_t size;         /* bytes; 0: none was given */
        int node;              /* -1: any */

        /* of taking memory offline; NULL and 0: the daemon's default */
        bool partial, swap, resume;
        const char *cache, *stuck;
        uint64_t max_pause_usec, rate; /* bytes a second */
        int to_node;                   /* -1: any */

        char **args; /* after the verb */
        size_t n_args;

        sd_bus *bus;
        bool private;
        pid_t daemon; /* the private memctld, 0: none */
};

#endif
