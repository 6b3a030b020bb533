/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/reason.h"

#include "cli/run/say.h"

#include <inttypes.h>
#include <string.h>

#define BLOCKS_TEXT_MAX 64

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
};

/* Likewise about all. */
static const struct {
        const char *code, *sentence;
} sentences[] = {
        { "eject_failed", "the firmware did not eject it" },
        { "interrupted", "memctld died in this job" },
        { "compaction_failed", "it could not be compacted" },
        { "huge_pages_failed", "not all huge pages came" },
        { "roll_back_failed", "it could not all be put back" },
        { "node_not_possible", "what is in use cannot all go to the node asked for" },
};

static void put_memory(FILE *f, const char *target, json_object *reason)
{
        _cleanup_free_ char *needed = human_size(value_number(reason, "needed_bytes"));
        _cleanup_free_ char *available = human_size(value_number(reason, "available_bytes"));

        if (strcmp(value_text(reason, "code"), "no_room_for_huge_pages") == 0)
                (void) fprintf(f,
                               "%s: not enough room for huge pages: %s of them must find free ones "
                               "elsewhere, there "
                               "are %s",
                               target, needed ? needed : "?", available ? available : "?");
        else
                (void) fprintf(f, "%s: not enough memory: %s must find room elsewhere, %s is available",
                               target, needed ? needed : "?", available ? available : "?");
}

/*
 * ", mapped by processes 123 (name), 124 (name)", or by how many, where they are not named to everybody; ""
 * where nobody looked. To be freed; NULL: no memory.
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

                (void) fprintf(f,
                               number == 1 ? ", mapped by a process" : ", mapped by %" PRIu64 " processes",
                               number);
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

/* "block 32", or "blocks 32-39, each". */
static const char *blocks_of(json_object *reason, char text[static BLOCKS_TEXT_MAX])
{
        uint64_t first = value_number(reason, "block"), last = value_number(reason, "last_block");

        if (last > first)
                (void) snprintf(text, BLOCKS_TEXT_MAX, "blocks %" PRIu64 "-%" PRIu64 ", each", first, last);
        else
                (void) snprintf(text, BLOCKS_TEXT_MAX, "block %" PRIu64, first);
        return text;
}

static void put_unmovable(FILE *f, const char *target, json_object *reason)
{
        _cleanup_free_ char *processes = list_processes(reason);
        const char *owner = value_text(reason, "owner");
        uint64_t pages = value_number(reason, "pages");
        char blocks[BLOCKS_TEXT_MAX];
        bool one = pages == 1;

        if (!json_object_object_get_ex(reason, "block", NULL)) {
                (void) fprintf(f, "%s: %" PRIu64 " page%s not move: %s", target, pages,
                               one ? " does" : "s do", *owner ? owner : "nobody knows whose");
                return;
        }
        (void) fprintf(f, "%s: %s: %" PRIu64 " page%s not move%s%s%s%s", target, blocks_of(reason, blocks),
                       pages, one ? " does" : "s do",
                       !*owner ? ""
                       : one   ? " ("
                               : " (mostly ",
                       owner, *owner ? ")" : "", processes ? processes : "");
}

/* How a driver's memory is taken out. */
static void put_driver(FILE *f, const char *target, json_object *reason)
{
        const char *driver = value_text(reason, "driver"), *device = value_text(reason, "text");
        _cleanup_free_ char *memory = human_size(value_number(reason, "memory_bytes"));
        _cleanup_free_ char *all = human_size(value_number(reason, "device_bytes"));
        char blocks[BLOCKS_TEXT_MAX], how[160] = "";

        if (strcmp(driver, "virtio_mem") == 0)
                (void) snprintf(
                        how, sizeof(how),
                        "; shrink it on the hypervisor (virtio-mem: %s of its %s are plugged in blocks)",
                        memory ? memory : "?", all ? all : "?");
        else if (strcmp(driver, "kmem") == 0)
                (void) snprintf(how, sizeof(how), "; daxctl offline-memory %.32s takes its %s out", device,
                                memory ? memory : "?");
        (void) fprintf(
                f, "%s: %s: belongs to a driver that manages it itself (--force tries all the same): %s%s",
                target, blocks_of(reason, blocks), device, how);
}

/* How much, and what is there, is not told to everybody. */
static void put_part(FILE *f, const char *target, json_object *reason)
{
        bool is_told = json_object_object_get_ex(reason, "bytes", NULL);
        _cleanup_free_ char *size = human_size(value_number(reason, "bytes"));
        const char *text = value_text(reason, "text");
        char blocks[BLOCKS_TEXT_MAX];

        if (strcmp(value_text(reason, "code"), "hole") == 0)
                (void) fprintf(f, "%s: %s: has a hole%s%s%s%s%s, so the kernel cannot take it offline",
                               target, blocks_of(reason, blocks), is_told ? " of " : "",
                               !is_told ? ""
                               : size   ? size
                                        : "?",
                               *text ? " (" : "", text, *text ? " in /proc/iomem)" : "");
        else
                (void) fprintf(f, "%s: %s: the kernel keeps %s of it until the next boot%s%s", target,
                               blocks_of(reason, blocks),
                               !is_told ? "a part"
                               : size   ? size
                                        : "?",
                               *text ? ": " : "", text);
}

static void put_reason(FILE *f, const char *target, json_object *reason)
{
        char blocks[BLOCKS_TEXT_MAX];
        const char *code = value_text(reason, "code"), *text = value_text(reason, "text");

        if (strcmp(code, "not_enough_memory") == 0 || strcmp(code, "no_room_for_huge_pages") == 0) {
                put_memory(f, target, reason);
                return;
        }
        if (strcmp(code, "unmovable") == 0) {
                put_unmovable(f, target, reason);
                return;
        }
        if (strcmp(code, "driver_owned") == 0) {
                put_driver(f, target, reason);
                return;
        }
        if (strcmp(code, "hole") == 0 || strcmp(code, "reserved") == 0) {
                put_part(f, target, reason);
                return;
        }
        if (strcmp(code, "more_reasons") == 0) {
                (void) fprintf(f, "%s: and %" PRIu64 " more reasons, about other blocks", target,
                               value_number(reason, "count"));
                return;
        }
        if (strcmp(code, "not_ejectable") == 0) {
                (void) fprintf(f, "%s: the firmware offers no eject for it", target);
                return;
        }
        for (size_t i = 0; i < ELEMENTSOF(block_sentences); i++)
                if (strcmp(code, block_sentences[i].code) == 0 &&
                    json_object_object_get_ex(reason, "block", NULL)) {
                        (void) fprintf(f, "%s: %s: %s%s%s", target, blocks_of(reason, blocks),
                                       block_sentences[i].sentence, *text ? ": " : "", text);
                        return;
                }
        for (size_t i = 0; i < ELEMENTSOF(sentences); i++)
                if (strcmp(code, sentences[i].code) == 0)
                        code = sentences[i].sentence;
        (void) fprintf(f, "%s: %s%s%s", target, code, *text ? ": " : "", text);
}

char *reason_text(const char *target, json_object *reason)
{
        char *text = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        put_reason(f, target, reason);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

void reasons_say(const char *target, json_object *reasons)
{
        for (size_t i = 0; reasons && i < json_object_array_length(reasons); i++) {
                _cleanup_free_ char *text = reason_text(target, json_object_array_get_idx(reasons, i));

                say("%s", text ? text : target);
        }
}

void reasons_tell(const char *target, json_object *reasons)
{
        for (size_t i = 0; reasons && i < json_object_array_length(reasons); i++) {
                json_object *reason = json_object_array_get_idx(reasons, i);
                _cleanup_free_ char *text = reason_text(target, reason);

                if (strcmp(value_text(reason, "code"), "unmovable") != 0)
                        tell("%s", text ? text : target);
        }
}
