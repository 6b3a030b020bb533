/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/event.h"

#include "basic/clock.h"
#include "cli/show/cma_failure.h"
#include "cli/show/compact.h"
#include "cli/show/result.h"
#include "memctl/bus.h"

#include <string.h>
#include <time.h>

/* How a property is shown. */
enum form {
        AS_IT_IS,
        OR_NULL, /* null where it is "", or all ones */
        SECONDS, /* of microseconds; null for 0 */
        FIGURES,
};

struct translated {
        const char *property, *key;
        enum form form;
};

static const struct translated of_blocks[] = {
        { "State", "state", AS_IT_IS },
        { "Zones", "zones", AS_IT_IS },
        { "Node", "node", OR_NULL },
        { "Dimm", "dimm", OR_NULL },
};

static const struct translated of_memory[] = {
        { "Blocks", "blocks", AS_IT_IS },
        { "OnlineBytes", "online_bytes", AS_IT_IS },
        { "OfflineBytes", "offline_bytes", AS_IT_IS },
};

static const struct translated of_jobs[] = {
        { "Verb", "verb", AS_IT_IS },
        { "Target", "target", AS_IT_IS },
        { "State", "state", AS_IT_IS },
        { "Stage", "stage", OR_NULL },
        { "Result", "result", OR_NULL },
        { "BlocksTotal", "blocks_total", AS_IT_IS },
        { "BlocksDone", "blocks_done", AS_IT_IS },
        { "CurrentBlock", "current_block", OR_NULL },
        { "PagesInUse", "pages_in_use", OR_NULL },
        { "PagesMigrated", "pages_migrated", AS_IT_IS },
        { "PagesHeld", "pages_held", AS_IT_IS },
        { "EstimatedUSec", "estimated_seconds", SECONDS },
        { "Figures", "figures", FIGURES },
};

/* "2026-01-31T12:00:00.250Z" */
static json_object *time_of_now(void)
{
        uint64_t msec = clock_nsec(CLOCK_REALTIME) / 1000000;
        time_t seconds = (time_t) (msec / 1000);
        char text[40];
        struct tm utc;
        size_t n;

        if (!gmtime_r(&seconds, &utc))
                return NULL;
        n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
        (void) snprintf(text + n, sizeof(text) - n, ".%03uZ", (unsigned int) (msec % 1000));
        return json_object_new_string(text);
}

json_object *event_new(const char *name)
{
        json_object *event = json_object_new_object();

        json_object_object_add(event, "event", json_object_new_string(name));
        json_object_object_add(event, "time", time_of_now());
        return event;
}

static bool is_nothing(json_object *value)
{
        if (json_object_is_type(value, json_type_string))
                return json_object_get_string_len(value) == 0;
        return json_object_is_type(value, json_type_int) &&
               (json_object_get_int64(value) < 0 || json_object_get_uint64(value) == MEMCTL_NONE ||
                json_object_get_uint64(value) == UINT64_MAX);
}

static json_object *translate(const struct translated *row, json_object *properties, json_object *value)
{
        if (row->form == SECONDS)
                return seconds_to_json(properties, row->property);
        if (row->form == FIGURES)
                return compact_figures(properties);
        return row->form == OR_NULL && is_nothing(value) ? NULL : json_object_get(value);
}

/* Those of the properties that are in the table. Whether there was one. */
static bool add(json_object *event, const struct translated *rows, size_t n, json_object *properties)
{
        json_object *value;
        bool any = false;

        for (size_t i = 0; i < n; i++)
                if (json_object_object_get_ex(properties, rows[i].property, &value)) {
                        json_object_object_add(event, rows[i].key, translate(&rows[i], properties, value));
                        any = true;
                }
        return any;
}

/* "key": the name or the number that the path has behind the prefix. */
static bool add_object(json_object *event, const char *key, const char *path, const char *prefix)
{
        _cleanup_free_ char *name = NULL;
        bool number = strcmp(prefix, MEMCTL_PATH_DIMM) != 0;

        if (sd_bus_path_decode(path, prefix, &name) <= 0 || !name)
                return false;
        json_object_object_add(event, key,
                               number ? json_object_new_uint64(strtoull(name, NULL, 10))
                                      : json_object_new_string(name));
        return true;
}

json_object *event_of_change(const char *path, const char *interface, json_object *changed)
{
        static const struct {
                const char *interface, *event, *key, *prefix;
                const struct translated *rows;
                size_t n;
        } kinds[] = {
                { MEMCTL_IFACE_BLOCK, "block", "block", MEMCTL_PATH_BLOCK, of_blocks,
                  ELEMENTSOF(of_blocks) },
                { MEMCTL_IFACE_DIMM, "dimm", "dimm", MEMCTL_PATH_DIMM, of_memory, ELEMENTSOF(of_memory) },
                { MEMCTL_IFACE_JOB, "job", "job", MEMCTL_PATH_JOB, of_jobs, ELEMENTSOF(of_jobs) },
                { MEMCTL_IFACE_MANAGER, "memory", NULL, NULL, of_memory, ELEMENTSOF(of_memory) },
        };

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                json_object *event;

                if (strcmp(kinds[i].interface, interface) != 0)
                        continue;
                event = event_new(kinds[i].event);
                if ((!kinds[i].key || add_object(event, kinds[i].key, path, kinds[i].prefix)) &&
                    add(event, kinds[i].rows, kinds[i].n, changed))
                        return event;
                json_object_put(event);
        }
        return NULL;
}

/* Of a DIMM or a job; NULL: of neither. */
static json_object *event_of_object(const char *path, bool dimm, const char *name)
{
        json_object *event = event_new(name);

        if (add_object(event, dimm ? "dimm" : "job", path, dimm ? MEMCTL_PATH_DIMM : MEMCTL_PATH_JOB))
                return event;
        json_object_put(event);
        return NULL;
}

json_object *event_of_added(const char *path, json_object *interfaces)
{
        json_object *properties, *event = NULL;

        if (json_object_object_get_ex(interfaces, MEMCTL_IFACE_DIMM, &properties)) {
                event = event_of_object(path, true, "dimm_added");
                if (event)
                        (void) add(event, of_memory + 1, ELEMENTSOF(of_memory) - 1, properties);
        } else if (json_object_object_get_ex(interfaces, MEMCTL_IFACE_JOB, &properties)) {
                event = event_of_object(path, false, "job_added");
                if (event)
                        (void) add(event, of_jobs, ELEMENTSOF(of_jobs), properties);
        }
        return event;
}

json_object *event_of_removed(const char *path, json_object *interfaces)
{
        for (size_t i = 0; i < json_object_array_length(interfaces); i++) {
                const char *interface = json_object_get_string(json_object_array_get_idx(interfaces, i));

                if (strcmp(interface, MEMCTL_IFACE_DIMM) == 0)
                        return event_of_object(path, true, "dimm_removed");
                if (strcmp(interface, MEMCTL_IFACE_JOB) == 0)
                        return event_of_object(path, false, "job_removed");
        }
        return NULL;
}

json_object *event_of_end(const char *path, const char *result)
{
        json_object *event = event_of_object(path, false, "job_finished");

        if (event)
                json_object_object_add(event, "result", json_object_new_string(result));
        return event;
}

json_object *event_of_failure(const char *area, json_object *failure)
{
        json_object *event = event_new("cma_failed");

        json_object_object_add(event, "area", json_object_new_string(area));
        json_object_object_add(event, "failure", cma_failure_to_json(failure));
        return event;
}
