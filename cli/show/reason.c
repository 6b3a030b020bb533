/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/reason.h"

#include "cli/run/say.h"

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
                        if (!json_object_object_get_ex(copy, "pids", NULL))
                                json_object_object_add(copy, "pids", NULL);
                        else
                                json_object_object_del(copy, "processes");
                        json_object_object_del(copy, "commands");
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
        { "driver_owned", "belongs to a driver that manages it itself (--force tries all the same)" },
};

/* Likewise about all. */
static const struct {
        const char *code, *sentence;
} sentences[] = {
        { "eject_failed", "the firmware did not eject it" },
        { "interrupted", "memctld died in this job" },
        { "node_not_possible", "what is in use cannot all go to the node asked for" },
};

static void say_memory(const char *target, json_object *reason)
{
        _cleanup_free_ char *needed = human_size(value_number(reason, "needed_bytes"));
        _cleanup_free_ char *available = human_size(value_number(reason, "available_bytes"));

        if (strcmp(value_text(reason, "code"), "no_room_for_huge_pages") == 0)
                say("%s: not enough room for huge pages: %s of them must find free ones elsewhere, there "
                    "are %s",
                    target, needed ? needed : "?", available ? available : "?");
        else
                say("%s: not enough memory: %s must find room elsewhere, %s is available", target,
                    needed ? needed : "?", available ? available : "?");
}

/*
 * ", mapped by processes 123 (name), 124 (name)", or by how many, where they are not named to everybody; "" where nobody
 * looked. To be freed; NULL: no memory.
 */
static char *list_processes(json_object *reason)
{
        json_object *pids = json_object_object_get(reason, "pids");
        json_object *commands = json_object_object_get(reason, "commands");
        size_t n = pids ? json_object_array_length(pids) : 0, size = 0;
        char *text = NULL;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        if (!pids && json_object_object_get_ex(reason, "processes", NULL)) {
                uint64_t number = value_number(reason, "processes");

                (void) fprintf(f, number == 1 ? ", mapped by a process" : ", mapped by %" PRIu64 " processes", number);
        }
        if (pids)
                (void) fputs(n > 1    ? ", mapped by processes"
                             : n == 1 ? ", mapped by process"
                                      : ", mapped by no process",
                             f);
        for (size_t i = 0; i < n; i++) {
                json_object *command = commands ? json_object_array_get_idx(commands, i) : NULL;
                const char *name = command ? json_object_get_string(command) : "";

                (void) fprintf(f, "%s %" PRIu64, i ? "," : "",
                               json_object_get_uint64(json_object_array_get_idx(pids, i)));
                if (*name)
                        (void) fprintf(f, " (%s)", name);
        }
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

static void say_unmovable(const char *target, json_object *reason, uint64_t block)
{
        _cleanup_free_ char *processes = list_processes(reason);
        const char *owner = value_text(reason, "owner");
        uint64_t pages = value_number(reason, "pages");
        bool one = pages == 1;

        say("%s: block %" PRIu64 ": %" PRIu64 " page%s not move%s%s%s%s", target, block, pages,
            one ? " does" : "s do",
            !*owner ? ""
            : one   ? " ("
                    : " (mostly ",
            owner, *owner ? ")" : "", processes ? processes : "");
}

static void say_reason(const char *target, json_object *reason)
{
        const char *code = value_text(reason, "code"), *text = value_text(reason, "text");
        uint64_t block = value_number(reason, "block");

        if (strcmp(code, "not_enough_memory") == 0 || strcmp(code, "no_room_for_huge_pages") == 0) {
                say_memory(target, reason);
                return;
        }
        if (strcmp(code, "unmovable") == 0) {
                say_unmovable(target, reason, block);
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
        for (size_t i = 0; i < ELEMENTSOF(sentences); i++)
                if (strcmp(code, sentences[i].code) == 0)
                        code = sentences[i].sentence;
        say("%s: %s%s%s", target, code, *text ? ": " : "", text);
}

void reasons_say(const char *target, json_object *reasons)
{
        for (size_t i = 0; reasons && i < json_object_array_length(reasons); i++)
                say_reason(target, json_object_array_get_idx(reasons, i));
}
