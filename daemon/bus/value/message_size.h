/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How large a message's values are, judged before it is kept or sent: a bus ends a connection that sends too
 * much, and what callers send stays in memory for as long as their call waits.
 */
#ifndef MEMCTL_BUS_MESSAGE_SIZE_H
#define MEMCTL_BUS_MESSAGE_SIZE_H

#include <systemd/sd-bus.h>

/* Of a call: a list of some 50,000 ranges. */
#define MESSAGE_CALL_MAX ((size_t) 1 << 20)

/*
 * Adds up the values of a sealed message, at least 8 bytes each, which is as much as they take on the wire
 * or more. Stops at max (bytes). The message is to be read from its beginning afterwards. 0; -E2BIG: they
 * are more than max; -EBADMSG and the like.
 */
int message_size_check(sd_bus_message *m, size_t max);

#endif
