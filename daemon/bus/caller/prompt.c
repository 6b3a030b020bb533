/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/prompt.h"

#include "basic/cleanup.h"
#include "memctl/bus.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Of ranges, for a person to read; what is longer ends in "...". */
#define RANGES_MAX 60

/* The object that is called, by what it is: its name is the last part of its path. */
static int name_object(const char *path, char **ret)
{
        static const struct {
                const char *prefix, *what;
        } kinds[] = {
                { MEMCTL_PATH_DIMM, "DIMM" },
                { MEMCTL_PATH_NODE, "NUMA node" },
                { MEMCTL_PATH_BLOCK, "memory block" },
                { MEMCTL_PATH_JOB, "job" },
        };

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                _cleanup_free_ char *name = NULL;
                int r = sd_bus_path_decode(path, kinds[i].prefix, &name);

                if (r < 0)
                        return r;
                if (r > 0)
                        return asprintf(ret, "%s %s", kinds[i].what, name) < 0 ? -ENOMEM : 0;
        }
        return 0;
}

/* What is no range is refused later, and nobody's to read. */
static bool is_plain(const char *text)
{
        return text[strspn(text, "0123456789abcdefABCDEFx,-")] == '\0';
}

static int name_ranges(sd_bus_message *call, char **ret)
{
        char text[RANGES_MAX + sizeof(",...")] = "";
        size_t n = 0;
        const char *range;
        int r;

        r = sd_bus_message_enter_container(call, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read_basic(call, 's', &range)) > 0) {
                if (!is_plain(range))
                        return 0;
                if (n + strlen(range) + 1 > RANGES_MAX) {
                        (void) snprintf(text + n, sizeof(text) - n, "%s...", n > 0 ? "," : "");
                        break;
                }
                n += (size_t) snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? "," : "", range);
        }
        if (r < 0)
                return r;
        return *text && asprintf(ret, "memory blocks %s", text) < 0 ? -ENOMEM : 0;
}

int prompt_append(sd_bus_message *check, sd_bus_message *call)
{
        static const struct {
                const char *member, *before, *after;
        } methods[] = {
                { "Offline", "take ", " offline" },       { "OfflineBlocks", "take ", " offline" },
                { "Online", "bring ", " online" },        { "OnlineBlocks", "bring ", " online" },
                { "Eject", "eject ", "" },                { "Cancel", "cancel ", "" },
                { "Plan", "look into the memory of ", "" }, { "PlanBlocks", "look into the memory of ", "" },
                { "Why", "look into the memory of ", "" },
        };
        const char *member = sd_bus_message_get_member(call);
        _cleanup_free_ char *target = NULL, *message = NULL;
        int r;

        r = name_object(sd_bus_message_get_path(call), &target);
        if (r >= 0 && !target && sd_bus_message_has_signature(call, "asa{sv}"))
                r = name_ranges(call, &target);
        if (r >= 0)
                r = sd_bus_message_rewind(call, true);
        for (size_t i = 0; r >= 0 && target && i < ELEMENTSOF(methods); i++)
                if (strcmp(methods[i].member, member) == 0 &&
                    asprintf(&message, "Authentication is required to %s%s%s", methods[i].before, target,
                             methods[i].after) < 0) {
                        message = NULL;
                        return -ENOMEM;
                }
        if (r < 0)
                return r;
        if (!message)
                return sd_bus_message_append(check, "a{ss}", 0);
        return sd_bus_message_append(check, "a{ss}", 2, "target", target, "polkit.message", message);
}
