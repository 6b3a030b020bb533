/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names that only memctld knows: asked of the one that runs, which is not started for it. Nobody is asked
 * for a password; who may not know gets no names.
 */
#ifndef MEMCTL_CLI_COMPLETE_SERVED_H
#define MEMCTL_CLI_COMPLETE_SERVED_H

#include "cli/complete/offer.h"

/* unfinished: only those that can still be waited for, or cancelled. */
void served_jobs(const struct offer *offer, bool unfinished);
void served_providers(const struct offer *offer);
/* Those with a name. */
void served_reservations(const struct offer *offer);
/* Whether memctld told of any. */
bool served_areas(const struct offer *offer);

#endif
