/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctl --complete, which the shells' completions call: what the last of some words may become, by the
 * table of verbs and that of options, and by what is there on this machine or the tree of --root.
 */
#ifndef MEMCTL_CLI_COMPLETE_COMPLETE_H
#define MEMCTL_CLI_COMPLETE_COMPLETE_H

#include "cli/ask/verb.h"

/*
 * The n words behind "memctl", the last of which is being typed, and may be "". Says nothing on stderr, and
 * ends the process after COMPLETE_MSEC, however busy the machine, or whoever is asked, may be. An exit
 * status.
 */
#define COMPLETE_MSEC 700
int complete(const struct verbs *verbs, char **words, size_t n);

#endif
