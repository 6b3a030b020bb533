/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names that sysfs has: read at once, without a memctld.
 */
#ifndef MEMCTL_CLI_COMPLETE_NAMES_H
#define MEMCTL_CLI_COMPLETE_NAMES_H

#include "cli/complete/offer.h"

/* Names of each at most; of more than that the next digit is offered. */
#define NAMES_MAX 256

/* root: of the tree; NULL: "/". What cannot be read is not offered. */
void names_of_blocks(const struct offer *offer, const char *root);
void names_of_dimms(const struct offer *offer, const char *root);
void names_of_nodes(const struct offer *offer, const char *root);
void names_of_areas(const struct offer *offer, const char *root);

#endif
