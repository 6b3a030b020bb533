/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Object paths: made, and read again.
 */
#include "daemon/bus/value/paths.h"

#include "basic/cleanup.h"
#include "basic/number.h"
#include "daemon/bus/value/strings.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *bus_block_path(uint32_t number)
{
        char *path;

        return asprintf(&path, MEMCTL_PATH_BLOCK "/%u", number) < 0 ? NULL : path;
}

char *bus_job_path(uint32_t id)
{
        char *path;

        return asprintf(&path, MEMCTL_PATH_JOB "/%u", id) < 0 ? NULL : path;
}

char *bus_dimm_path(const char *name)
{
        char *path;

        return sd_bus_path_encode(MEMCTL_PATH_DIMM, name, &path) < 0 ? NULL : path;
}

char *bus_node_path(int id)
{
        char *path;

        return asprintf(&path, MEMCTL_PATH_NODE "/%d", id) < 0 ? NULL : path;
}

char *bus_provider_path(const char *name)
{
        char *path;

        return sd_bus_path_encode(MEMCTL_PATH_PROVIDER, name, &path) < 0 ? NULL : path;
}

char *bus_cma_path(const char *name)
{
        char *path;

        return sd_bus_path_encode(MEMCTL_PATH_CMA, name, &path) < 0 ? NULL : path;
}

char *bus_reservation_path(uint64_t id)
{
        char *path;

        return asprintf(&path, MEMCTL_PATH_RESERVATION "/%" PRIu64, id) < 0 ? NULL : path;
}

int bus_list_paths(bus_path_t path, const void *userdata, size_t n, char ***ret)
{
        _cleanup_(bus_strv_freep) char **paths = NULL;

        paths = calloc(n + 1, sizeof(*paths));
        if (!paths)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                paths[i] = path(userdata, i);
                if (!paths[i])
                        return -ENOMEM;
        }
        *ret = TAKE_PTR(paths);
        return 1;
}

bool bus_path_id(const char *path, const char *prefix, uint64_t *ret)
{
        size_t length = strlen(prefix);

        if (strncmp(path, prefix, length) != 0 || path[length] != '/')
                return false;
        path += length + 1;
        /* one path an object: no leading zeros */
        return parse_u64(path, 10, ret) >= 0 && (path[0] != '0' || path[1] == '\0');
}

bool bus_path_number(const char *path, const char *prefix, uint32_t *ret)
{
        uint64_t id;

        if (!bus_path_id(path, prefix, &id) || id > UINT32_MAX)
                return false;
        *ret = (uint32_t) id;
        return true;
}
