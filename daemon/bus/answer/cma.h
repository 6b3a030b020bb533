/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ShowCmaArea and CmaArea.Show.
 */
#ifndef MEMCTL_BUS_CMA_H
#define MEMCTL_BUS_CMA_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct server;

int bus_show_cma_area(sd_bus_message *m, void *userdata, sd_bus_error *error);

/* Answers with what is known of the area of that name; full: with processes and addresses. */
int bus_answer_cma_area(struct server *server, sd_bus_message *m, const char *name, bool full,
                        sd_bus_error *error);

#endif
