/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/boot_program.h"

#include "basic/message.h"
#include "daemon/boot/run.h"
#include "daemon/core/helper_task.h"

#include <stdio.h>
#include <stdlib.h>

#define SECOND UINT64_C(1000000)

/* update-grub looks at all disks for other systems. The unit's own limit is shorter than ours. */
#define PROGRAM_USEC (240 * SECOND)

static int run_here(const char *program, void *userdata, char **message)
{
        char path[64];
        const char *argv[] = { path, NULL };

        (void) userdata;

        helper_gets_on(0);
        (void) snprintf(path, sizeof(path), "/usr/sbin/%s", program);
        return boot_run(argv, PROGRAM_USEC, message);
}

/* Where the unit is starting already, for one that was killed, this waits for that and starts nothing. */
static int run_as_unit(const char *program, void *userdata, char **message)
{
        char unit[80];
        const char *argv[] = { "/usr/bin/systemctl", "--quiet", "start", unit, NULL };
        int r;

        (void) userdata;

        helper_gets_on(0);
        (void) snprintf(unit, sizeof(unit), "memctl-boot-loader@%s.service", program);
        r = boot_run(argv, PROGRAM_USEC, message);
        if (r >= 0)
                return r;
        free(*message);
        *message = NULL;
        return fail(message, r, "%s failed; journalctl -u %s has what it said", program, unit);
}

struct boot_runner boot_program_runner(bool service)
{
        return (struct boot_runner){ .run = service ? run_as_unit : run_here };
}
