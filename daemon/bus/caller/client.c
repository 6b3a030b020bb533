/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/client.h"

#include "daemon/bus/caller/caller.h"
#include "daemon/bus/context/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int on_gone(sd_bus_track *track, void *userdata)
{
        struct client *client = userdata;

        (void) track;

        client->gone(client->userdata);
        return 0;
}

int client_begin(struct client *client, struct server *server, sd_bus_message *m, enum caller_has what,
                 client_gone_t gone, void *userdata, sd_bus_error *error)
{
        int r;

        client->is_there = true;
        client->gone = gone;
        client->userdata = userdata;
        r = caller_take(server, m, what, &client->claim, error);
        if (r < 0 || server->private)
                return r;
        client->sender = strdup(sd_bus_message_get_sender(m));
        if (!client->sender)
                return -ENOMEM;
        r = sd_bus_track_new(server->bus, &client->track, on_gone, client);
        return r < 0 ? r : sd_bus_track_add_sender(client->track, m);
}

bool client_is_sender(const struct client *client, sd_bus_message *m)
{
        const char *sender = sd_bus_message_get_sender(m);

        return client->is_there &&
               (sender && client->sender ? strcmp(sender, client->sender) == 0 : sender == client->sender);
}

void client_let_go(struct client *client)
{
        client->is_there = false;
        client->track = sd_bus_track_unref(client->track);
        free(client->sender);
        client->sender = NULL;
}

void client_end(struct client *client)
{
        client_let_go(client);
        quota_give(&client->claim);
}
