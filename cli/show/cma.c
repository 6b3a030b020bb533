/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/cma.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

enum unit { UNIT_SIZE, UNIT_PAGES, UNIT_COUNT, UNIT_FRACTION, UNIT_ADDRESS };

/* In the order in which they are shown. */
static const struct {
        const char *key, *name; /* in JSON, on the bus */
        const char *of;         /* the figure whose source it has */
        const char *text;       /* for people; NULL: it stands elsewhere */
        enum unit unit;
        bool in_list;
} figures[] = {
        { "start", "start", "start", NULL, UNIT_ADDRESS, true },
        { "size", "total_bytes", "total_bytes", "size", UNIT_SIZE, true },
        { "used", "used_bytes", "used_bytes", "used", UNIT_SIZE, true },
        { "free", "free_bytes", "used_bytes", "free", UNIT_SIZE, false },
        { "largest_free", "largest_free_bytes", "largest_free_bytes", "largest free run", UNIT_SIZE, true },
        { "free_runs", "free_runs", "free_runs", "free runs", UNIT_COUNT, false },
        { "fragmentation", "fragmentation", "largest_free_bytes", "fragmentation", UNIT_FRACTION, true },
        { "piece", "piece_bytes", "piece_bytes", "pieces of", UNIT_SIZE, false },
        { "before", "before_bytes", "before_bytes", "used since before memctl.ko", UNIT_SIZE, false },
        { "unknown", "unknown_bytes", "unknown_bytes", "of unknown state then", UNIT_SIZE, false },
        { "peak", "peak_bytes", "peak_bytes", "most used at a time", UNIT_SIZE, false },
        { "needed", "needed_bytes", "needed_bytes", "size needed so far", UNIT_SIZE, false },
        { "align_max", "align_bytes", "align_bytes", "largest alignment", UNIT_SIZE, false },
        { "alloc_success", "alloc_success", "alloc_success", "allocations", UNIT_COUNT, true },
        { "alloc_fail", "alloc_failed", "alloc_failed", "failed", UNIT_COUNT, true },
        { "released", "released", "released", "releases", UNIT_COUNT, false },
        { "alloc_success_pages", "alloc_success_pages", "alloc_success_pages", "allocated, in pages",
          UNIT_PAGES, true },
        { "alloc_fail_pages", "alloc_failed_pages", "alloc_failed_pages", "failed, in pages", UNIT_PAGES,
          true },
        { "released_pages", "released_pages", "released_pages", "released, in pages", UNIT_PAGES, false },
        { "retried", "retried", "retried", "places that were busy", UNIT_COUNT, false },
        { "migrated_pages", "migrated_pages", "migrated_pages", "pages moved away", UNIT_PAGES, false },
        { "lost", "lost", "lost", "events lost", UNIT_COUNT, false },
};

int cma_get(struct context *context, json_object **ret)
{
        int status = value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListCmaAreas", NULL, ret);

        if (status == EXIT_DONE &&
            (!value_is_list_of(*ret, json_type_object) || json_object_array_length(*ret) == 0))
                return client_bad_answer();
        return status;
}

static bool is_told(json_object *area, const char *name)
{
        return json_object_object_get_ex(area, name, NULL);
}

json_object *cma_to_json(json_object *all)
{
        json_object *object;

        if (value_number(all, "total_bytes") == 0)
                return NULL;
        object = json_object_new_object();
        json_object_object_add(object, "total_bytes", value_number_or_null(all, "total_bytes"));
        json_object_object_add(object, "free_bytes", value_number_or_null(all, "free_bytes"));
        json_object_object_add(object, "alloc_success", value_number_or_null(all, "alloc_success"));
        json_object_object_add(object, "alloc_fail", value_number_or_null(all, "alloc_failed"));
        return object;
}

/* Requests where they are counted, else pages. */
static void tell_failed(const char *size, const char *left, json_object *all, const char *what,
                        const char *succeeded, const char *failed)
{
        uint64_t n = value_number(all, failed);

        tell("CMA: %s in all areas, %s of it free; %" PRIu64 " of %" PRIu64 " %s failed", size, left, n,
             n + value_number(all, succeeded), what);
}

void cma_tell(json_object *all)
{
        _cleanup_free_ char *total = human_size(value_number(all, "total_bytes"));
        _cleanup_free_ char *left =
                is_told(all, "free_bytes") ? human_size(value_number(all, "free_bytes")) : NULL;
        const char *size = total ? total : "?", *rest = left ? left : "an unknown part";

        if (value_number(all, "total_bytes") == 0)
                return;
        if (is_told(all, "alloc_success") && is_told(all, "alloc_failed"))
                tell_failed(size, rest, all, "allocations", "alloc_success", "alloc_failed");
        else if (is_told(all, "alloc_success_pages") && is_told(all, "alloc_failed_pages"))
                tell_failed(size, rest, all, "pages asked for", "alloc_success_pages", "alloc_failed_pages");
        else
                tell("CMA: %s in all areas, %s of it free", size, rest);
}

static double real(json_object *area, const char *name)
{
        json_object *value = NULL;

        (void) json_object_object_get_ex(area, name, &value);
        return json_object_get_double(value);
}

json_object *cma_fraction(double value)
{
        char text[32];

        (void) snprintf(text, sizeof(text), "%.4f", value);
        return json_object_new_double_s(value, text);
}

static json_object *figure_value(json_object *area, size_t i)
{
        if (!is_told(area, figures[i].name))
                return NULL;
        switch (figures[i].unit) {
        case UNIT_ADDRESS:
                return output_address(value_number(area, figures[i].name));
        case UNIT_FRACTION:
                return cma_fraction(real(area, figures[i].name));
        default:
                return json_object_new_uint64(value_number(area, figures[i].name));
        }
}

static const char *source_of(json_object *area, size_t i)
{
        json_object *sources = NULL;

        return json_object_object_get_ex(area, "sources", &sources) ? value_text(sources, figures[i].of)
                                                                    : "";
}

json_object *cma_area_to_json(json_object *area, bool all)
{
        json_object *row = json_object_new_object(), *source = json_object_new_object();

        json_object_object_add(row, "name", value_or_null(area, "name"));
        for (size_t i = 0; i < ELEMENTSOF(figures); i++) {
                if (!all && !figures[i].in_list)
                        continue;
                json_object_object_add(row, figures[i].key, figure_value(area, i));
                if (is_told(area, figures[i].name))
                        json_object_object_add(source, figures[i].key,
                                               json_object_new_string(source_of(area, i)));
        }
        json_object_object_add(row, "source", source);
        return row;
}

/* Who tells, for people. */
static const char *source_text(const char *source)
{
        static const struct {
                const char *name, *text;
        } texts[] = {
                { "module", "memctl.ko" },         { "debugfs", "/sys/kernel/debug/cma" },
                { "sysfs", "/sys/kernel/mm/cma" }, { "vmstat", "/proc/vmstat" },
                { "meminfo", "/proc/meminfo" },
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (strcmp(texts[i].name, source) == 0)
                        return texts[i].text;
        return source;
}

static char *figure_text(json_object *area, size_t i)
{
        uint64_t number = value_number(area, figures[i].name);
        char *text;

        if (figures[i].unit == UNIT_SIZE)
                return human_size(number);
        if (figures[i].unit == UNIT_FRACTION)
                return asprintf(&text, "%.0f %%", real(area, figures[i].name) * 100) < 0 ? NULL : text;
        return asprintf(&text, "%" PRIu64, number) < 0 ? NULL : text;
}

json_object *cma_area_figures(json_object *area)
{
        json_object *rows = json_object_new_array();

        for (size_t i = 0; i < ELEMENTSOF(figures); i++) {
                _cleanup_free_ char *text = NULL;
                json_object *row;

                if (!figures[i].text || !is_told(area, figures[i].name))
                        continue;
                /* what is as good as always nothing is shown when it is something */
                if ((strcmp(figures[i].key, "unknown") == 0 || strcmp(figures[i].key, "lost") == 0) &&
                    value_number(area, figures[i].name) == 0)
                        continue;
                text = figure_text(area, i);
                row = json_object_new_object();
                json_object_object_add(row, "figure", json_object_new_string(figures[i].text));
                json_object_object_add(row, "value", json_object_new_string(text ? text : "?"));
                json_object_object_add(row, "source",
                                       json_object_new_string(source_text(source_of(area, i))));
                json_object_array_add(rows, row);
        }
        return rows;
}

void cma_say_notes(json_object *notes)
{
        for (size_t i = 0; notes && i < json_object_array_length(notes); i++)
                hint("%s", json_object_get_string(json_object_array_get_idx(notes, i)));
}
