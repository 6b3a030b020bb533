/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What can be done about pages that do not move, in sentences.
 */
#ifndef MEMCTL_CLI_SHOW_ADVICE_H
#define MEMCTL_CLI_SHOW_ADVICE_H

/* The sentence for a code of docs/json.md; the code itself where a newer memctld has one we do not know. */
const char *advice_text(const char *code);

#endif
