/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Help on stdout, made from the tables of verbs and options. No line is longer than 80 columns.
 */
#ifndef MEMCTL_CLI_ASK_HELP_H
#define MEMCTL_CLI_ASK_HELP_H

#include "cli/ask/verb.h"

/* All verbs and options. */
void help_all(const struct verbs *verbs);

/* The verbs of a noun. */
void help_noun(const struct verbs *verbs, const char *noun);

/* One verb: its own options, its columns, an example. */
void help_verb(const struct verb *verb);

#endif
