/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors of a call, by their class.
 */
#ifndef MEMCTL_BUS_FAIL_H
#define MEMCTL_BUS_FAIL_H

#include "daemon/machine/tree.h"

#include <systemd/sd-bus.h>

/* Sets error by the class of r (a negative errno) and the message; always returns a negative errno. */
int request_fail(sd_bus_error *error, int r, const char *message);

/* 0, or NotSupported: the tree is not the running machine's, and only that is changed. */
int request_check_live(const struct tree *tree, sd_bus_error *error);

#endif
