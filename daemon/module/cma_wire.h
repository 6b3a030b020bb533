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
                .minlen = 1, .maxlen = MODULE_CMA_COMMAND_SIZE                                              \
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

/*
 * Names of processes are what these like, up to any bytes, and a name of nothing is an empty one: what is
 * not printable is replaced, not refused. attribute may be NULL.
 */
void cma_wire_copy_command(char buf[static MODULE_CMA_COMMAND_SIZE], const struct nlattr *attribute);

/* A message (outer) that is one nest (inner) of that type. 0, or -EBADMSG with *message set. */
int cma_wire_read(const struct wire_format *outer, const struct wire_format *inner, int type,
                  struct nlmsghdr *header, struct nlattr **nest, struct nlattr **attributes, char **message);

#endif
