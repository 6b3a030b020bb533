/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/reason.h"

#include "cli/say.h"

#include <inttypes.h>
#include <string.h>

json_object *reasons_to_json(json_object *reasons)
{
        json_object *array = json_object_new_array();

        for (size_t i = 0; array && reasons && i < json_object_array_length(reasons); i++) {
                json_object *reason = json_object_array_get_idx(reasons, i);
                json_object *copy = NULL;

                if (json_object_deep_copy(reason, &copy, NULL) < 0)
                        continue;
                if (strcmp(value_text(copy, "code"), "unmovable") == 0) {
                        /* null is "cannot be told", which is not the same as nobody */
                        if (!json_object_object_get_ex(copy, "owner", NULL))
                                json_object_object_add(copy, "owner", NULL);
                        json_object_object_add(copy, "pids", NULL);
                }
                json_object_array_add(array, copy);
        }
        return array;
}

/* What is said about a block, by code; the text of the reason follows after a colon. */
static const struct {
        const char *code, *sentence;
} block_sentences[] = {
        { "not_removable", "cannot be taken offline by this kernel (removable is 0)" },
        { "mixed_zones", "lies in no single zone, so the kernel cannot take it offline" },
        { "bad_state", "is in another state than it must be" },
        { "zone_not_possible", "cannot be brought online in the zone asked for" },
        { "block_failed", "the kernel refused" },
        { "block_changed", "was changed by somebody else, or is gone" },
        { "blocks_online", "is not offline, so the DIMM must not be ejected" },
        { "roll_back_failed", "could not be put back" },
};

static void say_memory(const char *target, json_object *reason)
{
        _cleanup_free_ char *needed = human_size(value_number(reason, "needed_bytes"));
        _cleanup_free_ char *available = human_size(value_number(reason, "available_bytes"));

        say("%s: not enough memory: %s must find room elsewhere, %s is available", target,
            needed ? needed : "?", available ? available : "?");
}

static void say_reason(const char *target, json_object *reason)
{
        const char *code = value_text(reason, "code"), *text = value_text(reason, "text");
        uint64_t block = value_number(reason, "block");

        if (strcmp(code, "not_enough_memory") == 0) {
                say_memory(target, reason);
                return;
        }
        if (strcmp(code, "unmovable") == 0) {
                const char *owner = value_text(reason, "owner");

                say("%s: block %" PRIu64 ": %" PRIu64 " pages do not move%s%s%s", target, block,
                    value_number(reason, "pages"), *owner ? " (mostly " : "", owner, *owner ? ")" : "");
                return;
        }
        if (strcmp(code, "not_ejectable") == 0) {
                say("%s: the firmware offers no eject for it", target);
                return;
        }
        for (size_t i = 0; i < ELEMENTSOF(block_sentences); i++)
                if (strcmp(code, block_sentences[i].code) == 0 &&
                    json_object_object_get_ex(reason, "block", NULL)) {
                        say("%s: block %" PRIu64 ": %s%s%s", target, block, block_sentences[i].sentence,
                            *text ? ": " : "", text);
                        return;
                }
        say("%s: %s%s%s", target, code, *text ? ": " : "", text);
}

void reasons_say(const char *target, json_object *reasons)
{
        for (size_t i = 0; reasons && i < json_object_array_length(reasons); i++)
                say_reason(target, json_object_array_get_idx(reasons, i));
}
