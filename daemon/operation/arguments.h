/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A request's options as on memctl's command line, for people: the journal of the system says them. Pure.
 */
#ifndef MEMCTL_OPERATION_ARGUMENTS_H
#define MEMCTL_OPERATION_ARGUMENTS_H

#include "daemon/operation/blocks/request.h"

#include <stddef.h>

#define ARGUMENTS_MAX 256

void arguments_say(const struct operation_request *request, char *text, size_t size);

#endif
