/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/options.h"

#include "basic/cleanup.h"

#include <errno.h>
#include <string.h>

static const char *const cache_modes[_CACHE_MODE_MAX] = {
        [CACHE_AUTO] = "auto",
        [CACHE_KEEP] = "keep",
        [CACHE_DROP] = "drop",
};

static const char *const stuck_modes[_STUCK_MODE_MAX] = {
        [STUCK_ROLL_BACK] = "roll-back",
        [STUCK_SKIP] = "skip",
        [STUCK_WAIT] = "wait",
};

static int find(const char *const *names, size_t n, const char *text)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(names[i], text) == 0)
                        return (int) i;
        return -EINVAL;
}

const char *cache_mode_name(enum cache_mode mode)
{
        return cache_modes[mode];
}

const char *stuck_mode_name(enum stuck_mode mode)
{
        return stuck_modes[mode];
}

int cache_mode_parse(const char *text)
{
        return find(cache_modes, ELEMENTSOF(cache_modes), text);
}

int stuck_mode_parse(const char *text)
{
        return find(stuck_modes, ELEMENTSOF(stuck_modes), text);
}
