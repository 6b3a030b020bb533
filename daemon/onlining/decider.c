/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/decider.h"

#include <stdio.h>
#include <string.h>

const char *decider_kind_name(enum decider_kind kind)
{
        static const char *const names[_DECIDER_MAX] = {
                [DECIDER_KERNEL] = "kernel",
                [DECIDER_UDEV] = "udev",
                [DECIDER_DAXCTL] = "daxctl",
                [DECIDER_AGENT] = "agent",
        };

        return names[kind];
}

const char *decider_text(const struct decider *decider, char ret[static DECIDER_TEXT_MAX])
{
        static const char *const whose[_DECIDER_MAX] = {
                [DECIDER_KERNEL] = "the kernel,",
                [DECIDER_UDEV] = "udev's rule",
                [DECIDER_DAXCTL] = "daxctl, by",
                [DECIDER_AGENT] = "the agent",
        };

        (void) snprintf(ret, DECIDER_TEXT_MAX, "%s %s", whose[decider->kind], decider->source);
        return ret;
}

struct decider *deciders_add(struct deciders *deciders, enum decider_kind kind)
{
        static struct decider dropped;
        struct decider *decider = deciders->n < DECIDERS_MAX ? &deciders->items[deciders->n++] : &dropped;

        *decider = (struct decider){ .kind = kind };
        return decider;
}

const struct decider *deciders_find(const struct deciders *deciders, const char *driver)
{
        for (size_t i = 0; i < deciders->n; i++) {
                const struct decider *decider = &deciders->items[i];

                if (decider->acts && (decider->driver[0] == '\0' || strcmp(decider->driver, driver) == 0))
                        return decider;
        }
        return NULL;
}
