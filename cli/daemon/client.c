/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/client.h"

#include "cli/run/say.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

const char *client_destination(const struct context *context)
{
        return context->private ? NULL : MEMCTL_BUS_NAME;
}

/* The private daemon died, most likely at its start. It has said why; its exit status is not ours to repeat.
 */
static int private_is_gone(struct context *context)
{
        int status = 0;

        context->bus = sd_bus_close_unref(context->bus);
        while (waitpid(context->daemon, &status, 0) < 0 && errno == EINTR)
                ;
        context->daemon = 0;
        if (WIFSIGNALED(status))
                complain("failed", "memctld was ended by signal %d", WTERMSIG(status));
        else
                complain_silently("failed", "memctld could not go on; it said why on stderr");
        return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_SERVICE ? EXIT_NO_SERVICE : EXIT_FAILED;
}

int client_failed(struct context *context, const sd_bus_error *error, int r)
{
        static const struct {
                const char *name, *code;
                int status;
        } statuses[] = {
                { MEMCTL_ERROR_INVALID_ARGUMENT, "invalid_argument", EXIT_USAGE },
                { SD_BUS_ERROR_INVALID_ARGS, "invalid_argument", EXIT_USAGE },
                { MEMCTL_ERROR_NOT_FOUND, "not_found", EXIT_NOT_FOUND },
                { MEMCTL_ERROR_NOT_SUPPORTED, "not_supported", EXIT_FAILED },
                { SD_BUS_ERROR_UNKNOWN_OBJECT, "not_found", EXIT_NOT_FOUND },
                { MEMCTL_ERROR_BUSY, "busy", EXIT_BUSY },
                { MEMCTL_ERROR_REFUSED, "refused", EXIT_REFUSED },
                { MEMCTL_ERROR_NOT_AUTHORIZED, "not_authorized", EXIT_NOT_AUTHORIZED },
                { SD_BUS_ERROR_ACCESS_DENIED, "not_authorized", EXIT_NOT_AUTHORIZED },
                { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, "not_authorized", EXIT_NOT_AUTHORIZED },
                { SD_BUS_ERROR_SERVICE_UNKNOWN, "no_service", EXIT_NO_SERVICE },
                { SD_BUS_ERROR_NAME_HAS_NO_OWNER, "no_service", EXIT_NO_SERVICE },
                { "org.freedesktop.systemd1.NoSuchUnit", "no_service", EXIT_NO_SERVICE },
        };

        if (context->daemon > 0 && (r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE ||
                                    sd_bus_error_has_name(error, SD_BUS_ERROR_DISCONNECTED)))
                return private_is_gone(context);

        for (size_t i = 0; i < ELEMENTSOF(statuses); i++) {
                if (!sd_bus_error_has_name(error, statuses[i].name))
                        continue;
                if (statuses[i].status == EXIT_NO_SERVICE)
                        complain("no_service",
                                 "memctld is not running and cannot be started by the bus; is it installed? "
                                 "(%s)",
                                 error->message);
                else
                        complain(statuses[i].code, "%s", error->message);
                return statuses[i].status;
        }

        /* Gone while we were talking to it: over ssh, or because it was stopped. */
        if (r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE) {
                complain("no_service", "the connection to memctld%s%s is gone", context->host ? " on " : "",
                    context->host ? context->host : "");
                return EXIT_NO_SERVICE;
        }
        complain("failed", "%s", error && error->message ? error->message : strerror(-r));
        return EXIT_FAILED;
}

int client_new_call(struct context *context, const char *path, const char *interface, const char *method,
                    sd_bus_message **ret)
{
        int r;

        r = sd_bus_message_new_method_call(context->bus, ret, client_destination(context), path, interface,
                                           method);
        /* A job lives in the memctld that made it: one that is stopping must not be started again for it. */
        if (r >= 0 && strncmp(path, MEMCTL_PATH_JOB, strlen(MEMCTL_PATH_JOB)) == 0)
                r = sd_bus_message_set_auto_start(*ret, false);
        return r < 0 ? client_failed(context, NULL, r) : EXIT_DONE;
}

int client_call(struct context *context, sd_bus_message *call, sd_bus_message **ret)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        r = sd_bus_call(context->bus, call, 0, &error, ret);
        r = r < 0 ? client_failed(context, &error, r) : EXIT_DONE;
        sd_bus_error_free(&error);
        return r;
}

int client_bad_answer(void)
{
        complain("failed",
                 "memctld's answer is not what was expected; are memctl and memctld of one version?");
        return EXIT_FAILED;
}
