/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends the call that starts a job and waits for memctld's word, in the loop that a Ctrl-C comes to:
 * somebody may be asked for a password meanwhile.
 */
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/follow.h"
#include "cli/verb/following.h"

#include <errno.h>
#include <string.h>

static int on_started(sd_bus_message *reply, void *userdata, sd_bus_error *unused)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        struct follow *follow = userdata;
        int r;

        (void) unused;

        follow->outcome = FOLLOW_FINISHED; /* the waiting is */
        if (error && !sd_bus_is_open(follow->context->bus))
                follow->status = client_failed(follow->context, NULL, -ECONNRESET);
        else if (error && !follow->giving_up)
                follow->status = client_failed(follow->context, error, -sd_bus_error_get_errno(error));
        if (error)
                return 0;
        follow->started = sd_bus_message_ref(reply);
        r = sd_bus_message_read(reply, "o", &follow->path);
        if (r < 0)
                follow->status = client_failed(follow->context, NULL, r);
        return 0;
}

/* Sends the call and waits for the job's path. An exit status; follow->path is NULL unless it is EXIT_DONE.
 */
static int start_job(struct follow *follow, sd_bus_message *call)
{
        sd_bus *bus = follow->context->bus;
        sd_bus_slot *slot = NULL;
        uint64_t timeout = 0;
        int r;

        r = sd_bus_get_method_call_timeout(bus, &timeout);
        if (r >= 0)
                r = sd_bus_call_async(bus, &slot, call, on_started, follow, timeout);
        while (r >= 0 && follow->outcome == FOLLOW_GOES_ON)
                r = sd_event_run(follow->event, UINT64_MAX);
        sd_bus_slot_unref(slot);
        if (r < 0)
                return client_failed(follow->context, NULL, r);
        if (!follow->path && follow->giving_up) {
                complain("interrupted", "interrupted before memctld began: nothing was touched");
                return EXIT_FAILED;
        }
        follow->outcome = FOLLOW_GOES_ON;
        return follow->status;
}

/* The number is the last part of the path. */
static int print_started(const struct follow *follow)
{
        const char *number = strrchr(follow->path, '/') + 1;
        _cleanup_json_ json_object *object = json_object_new_object();

        if (follow->context->output == OUTPUT_TEXT) {
                output_begin(follow->context, false);
                tell("job %s", number);
                return output_finish();
        }
        json_object_object_add(object, "job", json_object_new_uint64(strtoull(number, NULL, 10)));
        return output_json(follow->context, object);
}

int follow_call(struct context *context, sd_bus_message *call)
{
        struct follow follow = { .context = context, .cancels = true };
        int status;

        if (context->no_block && context->private) {
                complain("no_service",
                         "--no-block needs a memctld that goes on, and without a system bus there is none");
                return EXIT_NO_SERVICE;
        }
        status = follow_begin(&follow);
        if (status == EXIT_DONE)
                status = start_job(&follow, call);
        if (status == EXIT_DONE && follow.giving_up) {
                say("cancelling, and putting back what went (again to leave that to memctld)");
                follow.cancelling = true;
                follow_send_cancel(&follow);
        }
        if (status == EXIT_DONE)
                status = context->no_block && !follow.giving_up ? print_started(&follow)
                                                                : follow_to_end(&follow);
        follow_end(&follow);
        return status;
}
