/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The end of a server: by a signal, with its bus, or after its last job.
 */
#ifndef MEMCTL_BUS_STOP_H
#define MEMCTL_BUS_STOP_H

struct server;

/*
 * Cancels all jobs; the loop ends once they have put everything back. One that does not get on with that is
 * left to the next memctld, by its journal.
 */
void server_stop(struct server *server);

/* The last job of a stopping server is over: ends the loop, a moment later, for callers that ask how it
 * ended. */
void server_stop_soon(struct server *server);

/* Ends the loop of a server that has lost its bus, with -ENOTCONN, unless a job runs. */
void server_end_if_lost(struct server *server);

#endif
