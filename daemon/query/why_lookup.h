/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has what of the kernel's pages: who allocated them, and which reservation they are of. Files that may
 * take long to read: a helper does.
 */
#ifndef MEMCTL_QUERY_WHY_LOOKUP_H
#define MEMCTL_QUERY_WHY_LOOKUP_H

#include "daemon/core/packet.h"
#include "daemon/machine/tree.h"
#include "daemon/query/why_report.h"

/* In the helper, of a report with keepers. What is not found out in time is left out. */
void why_look_up(struct tree *tree, const struct why_report *report, struct packet *answer);

/* On the loop. reader: what the helper told, or NULL: none of it. *swap_on: the machine swaps. */
void why_take_lookup(struct why_report *report, struct packet_reader *reader, bool *swap_on);

#endif
