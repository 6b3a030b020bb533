/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.Survey: who owns the pages of blocks, as columns.
 */
#ifndef MEMCTL_BUS_SURVEY_H
#define MEMCTL_BUS_SURVEY_H

#include <systemd/sd-bus.h>

int bus_survey(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
