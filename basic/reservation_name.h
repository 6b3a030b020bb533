/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a reservation of contiguous memory may be called.
 */
#ifndef MEMCTL_BASIC_RESERVATION_NAME_H
#define MEMCTL_BASIC_RESERVATION_NAME_H

#include <stdbool.h>

#define RESERVATION_NAME_ACCEPTED "up to 63 letters, digits and characters of \"-_.:@\", but not a number"

/* Bytes, with its NUL; and of the name of a CMA area. */
#define RESERVATION_NAME_SIZE 64
#define RESERVATION_AREA_SIZE 64

/* As memctl.ko takes it, and not a number: those are what reservations without a name are called by. */
bool reservation_name_is_valid(const char *name);

#endif
