/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.Reserve, ListReservations, GetReservation and ReleaseReservation.
 */
#ifndef MEMCTL_BUS_RESERVATION_H
#define MEMCTL_BUS_RESERVATION_H

#include <systemd/sd-bus.h>

int bus_reserve(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_list_reservations(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_get_reservation(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_release_reservation(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
