/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/value/fail.h"

#include "basic/cleanup.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

int request_fail(sd_bus_error *error, int r, const char *message)
{
        static const struct {
                int error;
                const char *name;
        } names[] = {
                { EINVAL, MEMCTL_ERROR_INVALID_ARGUMENT },
                { ERANGE, MEMCTL_ERROR_INVALID_ARGUMENT },
                { ENOSPC, MEMCTL_ERROR_REFUSED },
                { ENOENT, MEMCTL_ERROR_NOT_FOUND },
                { ENODEV, MEMCTL_ERROR_NOT_FOUND },
                { EBUSY, MEMCTL_ERROR_BUSY },
                { EMFILE, MEMCTL_ERROR_BUSY },
                { EOPNOTSUPP, MEMCTL_ERROR_NOT_SUPPORTED },
                { EACCES, MEMCTL_ERROR_NOT_AUTHORIZED },
                { EPERM, MEMCTL_ERROR_NOT_AUTHORIZED },
        };
        const char *name = MEMCTL_ERROR_FAILED;

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (names[i].error == -r)
                        name = names[i].name;
        return sd_bus_error_set(error, name, message ? message : strerror(-r));
}

int request_check_live(const struct tree *tree, sd_bus_error *error)
{
        return tree->live ? 0
                          : sd_bus_error_setf(error, MEMCTL_ERROR_NOT_SUPPORTED,
                                              "%s is not the running machine: it is read, never changed",
                                              tree->root);
}
