/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/connect.h"

#include "cli/daemon/private.h"
#include "cli/daemon/recovery.h"
#include "cli/run/say.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

/* Long enough for a person to type a password, and for all pages of a machine with terabytes to be looked
 * at. */
#define CALL_TIMEOUT_USEC (3600 * UINT64_C(1000000))

static int connect_private(struct context *context)
{
        _cleanup_close_ int fd = -1;
        int r;

        r = private_start(context->root, &context->daemon, &fd);
        if (r < 0)
                return r;
        context->private = true;
        r = sd_bus_new(&context->bus);
        if (r < 0)
                return r;
        r = sd_bus_set_fd(context->bus, fd, fd);
        if (r < 0)
                return r;
        (void) TAKE_FD(fd);
        return sd_bus_start(context->bus);
}

int client_connect(struct context *context)
{
        int r;

        if (context->host)
                r = sd_bus_open_system_remote(&context->bus, context->host);
        else if (context->root)
                r = connect_private(context);
        else {
                r = sd_bus_open_system(&context->bus);
                if (r < 0) /* early boot, a rescue shell, a container: there is no bus */
                        r = connect_private(context);
        }
        if (r >= 0)
                r = sd_bus_set_method_call_timeout(context->bus, CALL_TIMEOUT_USEC);
        if (r < 0) {
                complain("no_service", "cannot connect to memctld%s%s: %s", context->host ? " on " : "",
                    context->host ? context->host : "", strerror(-r));
                return EXIT_NO_SERVICE;
        }
        (void) sd_bus_set_allow_interactive_authorization(context->bus,
                                                          isatty(STDIN_FILENO) && !context->no_ask_password);
        return context->private && !context->root && geteuid() == 0 ? recovery_wait(context) : EXIT_DONE;
}

void client_disconnect(struct context *context)
{
        context->bus = sd_bus_flush_close_unref(context->bus);
        if (context->daemon > 0) {
                while (waitpid(context->daemon, NULL, 0) < 0 && errno == EINTR)
                        ;
                context->daemon = 0;
        }
}
