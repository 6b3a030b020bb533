/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the value of an option, or an argument of a verb, may be.
 */
#ifndef MEMCTL_CLI_COMPLETE_VALUES_H
#define MEMCTL_CLI_COMPLETE_VALUES_H

#include "cli/complete/offer.h"
#include "cli/complete/place.h"

void values_offer_option(const struct place *place, enum option_id id, const struct offer *offer);

/* The next argument of place->verb, which is there. */
void values_offer_argument(const struct place *place, const struct offer *offer);

#endif
