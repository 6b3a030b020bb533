/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/argument.h"

#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/machine/dimm.h"
#include "memctl/bus.h"

#include <errno.h>

int bus_check_hotplug(struct server *server, sd_bus_error *error)
{
        return server_snapshot(server)->hotplug
                       ? 0
                       : request_fail(error, -EOPNOTSUPP,
                                      "the kernel has no memory blocks: that needs CONFIG_MEMORY_HOTPLUG");
}

int bus_parse_blocks(struct server *server, char **ranges, struct block_set *ret, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        size_t n = 0;
        int r;

        r = bus_check_hotplug(server, error);
        if (r < 0)
                return r;
        while (ranges && ranges[n])
                n++;
        r = block_set_parse(server_snapshot(server), (const char *const *) ranges, n, ret, &message);
        return r < 0 ? request_fail(error, r, message) : 0;
}

int bus_check_dimm(const struct snapshot *snapshot, const char *name, sd_bus_error *error)
{
        if (!dimm_name_is_valid(name))
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_INVALID_ARGUMENT,
                        "not the name of a DIMM: accepted is the name of an ACPI memory device, "
                        "as dimm list shows it (PNP0C80:00)");
        if (!snapshot_find_dimm(snapshot, name))
                return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_FOUND, "%s: the machine has no such DIMM",
                                         name);
        return 0;
}
