/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A survey's parts in an answer: what is not known of it, and its counts as columns.
 */
#ifndef MEMCTL_BUS_SURVEY_ROWS_H
#define MEMCTL_BUS_SURVEY_ROWS_H

#include "daemon/pages/survey.h"

#include <systemd/sd-bus.h>

/* "unknown", as: the classes of the mask. */
int bus_append_unknown(sd_bus_message *m, uint32_t unknown);

/* a(ssy): name, kind and movability of each class, indexed by class - 1: there is no class 0. */
int bus_append_classes(sd_bus_message *m, enum survey_source source);

/* "au" block, "ay" class - 1, "aq" owner, "ay" order, "at" pages: an element a count. */
int bus_append_counts(sd_bus_message *m, const struct survey *survey);

#endif
