/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Long answers on a terminal go through a pager, by the rules of systemd's tools (systemctl(1),
 * ENVIRONMENT): $SYSTEMD_PAGER, $PAGER, $SYSTEMD_LESS, $SYSTEMD_LESSCHARSET, $SYSTEMD_PAGERSECURE.
 */
#ifndef MEMCTL_CLI_SHOW_PAGER_H
#define MEMCTL_CLI_SHOW_PAGER_H

#include "cli/run/context.h"

/* From here on stdout, and stderr if it is a terminal, go to a pager, where stdout is a terminal and none is
 * open. */
void pager_open(const struct context *context);

bool pager_is_open(void);

/* Waits until the reader is done with it. */
void pager_close(void);

/* What the environment asks for. */
struct pager_choice {
        bool off;            /* none at all */
        bool secure;         /* it must start no shell and write no file */
        const char *command; /* to be run by its words; NULL: less, and, unless secure, more */
};

/* pager, secure: the values of the variables, NULL: not set; owner: whether this user owns the login
 * session. Pure. */
struct pager_choice pager_choose(const char *systemd_pager, const char *pager, const char *secure,
                                 bool owner);

#endif
