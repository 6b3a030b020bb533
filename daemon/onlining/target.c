/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/target.h"

const char *online_target_name(enum online_target target)
{
        static const char *const names[_TARGET_MAX] = {
                [TARGET_NONE] = "",
                [TARGET_MOVABLE] = "movable",
                [TARGET_KERNEL] = "kernel",
                [TARGET_OFFLINE] = "offline",
        };

        return names[target];
}
