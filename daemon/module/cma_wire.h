/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the messages about CMA have in common (wire.h).
 */
#ifndef MEMCTL_MODULE_CMA_WIRE_H
#define MEMCTL_MODULE_CMA_WIRE_H

#include "daemon/module/cma_figures.h"
#include "daemon/module/wire.h"

#define CMA_WIRE_NAME  WIRE_STRING(MODULE_CMA_NAME_SIZE)
#define CMA_WIRE_OWNER WIRE_STRING(MODULE_CMA_OWNER_SIZE)
/* A process may have made its name empty. */
#define CMA_WIRE_COMMAND                                                                                    \
        {                                                                                                   \
                .minlen = 1, .maxlen = COMMAND_SIZE                                              \
        }

#define WIRE_POLICY(last) (const struct nla_policy[(last) + 1])
#define WIRE_NAMES(last)  (const char *const[(last) + 1])

/* The number of an attribute that may be missing. */
uint64_t cma_wire_figure(struct nlattr *const *attributes, int type, uint64_t otherwise);
uint32_t cma_wire_number(struct nlattr *const *attributes, int type);

/* Its text; "" where it is missing. 0, or -EBADMSG with *message set. */
int cma_wire_copy(char *buf, size_t size, struct nlattr *const *attributes, int type,
                  const struct wire_format *format, char **message);

/* The same into an array, with the caller's attributes and message. */
#define CMA_WIRE_COPY(array, type, format)                                                                  \
        cma_wire_copy(array, sizeof(array), attributes, type, format, message)

/* command_copy(); "" where it is missing. */
void cma_wire_copy_command(char buf[static COMMAND_SIZE], const struct nlattr *attribute);

#endif
