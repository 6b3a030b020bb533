/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A JSON answer with one long array, written a row at a time: a machine may have 100,000 blocks, and a tree
 * of as many objects costs more than all the rest.
 */
#ifndef MEMCTL_CLI_SHOW_STREAM_H
#define MEMCTL_CLI_SHOW_STREAM_H

#include "cli/run/context.h"
#include "cli/daemon/value.h"

struct stream {
        bool pretty, any;
};

/* Writes the members of head and opens the array, which is the object's last member. */
void stream_begin(struct stream *stream, const struct context *context, json_object *head, const char *key);

/* Writes one element; row stays the caller's. */
void stream_row(struct stream *stream, json_object *row);

/* Closes array and object. An exit status, as output_finish(). */
int stream_end(struct stream *stream);

#endif
