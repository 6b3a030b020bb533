/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/recovery.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <time.h>

#define LOOK_NSEC (50 * 1000000L)

int recovery_wait(struct context *context)
{
        static const struct timespec pause = { .tv_nsec = LOOK_NSEC };
        uint32_t running;
        int r;

        for (;;) {
                sd_bus_error error = SD_BUS_ERROR_NULL;

                r = sd_bus_get_property_trivial(context->bus, client_destination(context), MEMCTL_BUS_PATH,
                                                MEMCTL_IFACE_MANAGER, "RunningJobs", &error, 'u', &running);
                r = r < 0 ? client_failed(context, &error, r) : EXIT_DONE;
                sd_bus_error_free(&error);
                if (r != EXIT_DONE || running == 0)
                        return r;
                (void) nanosleep(&pause, NULL);
        }
}
