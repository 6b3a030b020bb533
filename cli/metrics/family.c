/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/metrics/family.h"

#include <inttypes.h>
#include <string.h>

#define LEFT_OUT "left_out" /* a member of a family until families_finish() */

json_object *family_add(json_object *families, const char *name, enum family_type type, const char *help)
{
        json_object *family = json_object_new_object();

        json_object_object_add(family, "name", json_object_new_string(name));
        json_object_object_add(family, "type",
                               json_object_new_string(type == FAMILY_COUNTER ? "counter" : "gauge"));
        json_object_object_add(family, "help", json_object_new_string(help));
        json_object_object_add(family, "samples", json_object_new_array());
        json_object_array_add(families, family);
        return family;
}

void family_sample(json_object *family, json_object *value, const struct label labels[static LABELS_MAX])
{
        json_object *samples = value_array(family, "samples"), *sample, *named;

        if (!value)
                return;
        if (json_object_array_length(samples) >= FAMILY_SAMPLES_MAX) {
                json_object_object_add(family, LEFT_OUT,
                                       json_object_new_uint64(value_number(family, LEFT_OUT) + 1));
                json_object_put(value);
                return;
        }
        sample = json_object_new_object();
        named = json_object_new_object();
        for (size_t i = 0; i < LABELS_MAX && labels[i].name; i++)
                json_object_object_add(named, labels[i].name, json_object_new_string(labels[i].text));
        json_object_object_add(sample, "labels", named);
        json_object_object_add(sample, "value", value);
        json_object_array_add(samples, sample);
}

uint64_t family_left_out(json_object *families)
{
        uint64_t n = 0;

        for (size_t i = 0; i < json_object_array_length(families); i++)
                n += value_number(json_object_array_get_idx(families, i), LEFT_OUT);
        return n;
}

/* Labels of a family have the same names in the same order. "node2" before "node10". */
static int compare_samples(const void *a, const void *b)
{
        json_object *const *x = a, *const *y = b, *other = json_object_object_get(*y, "labels");

        json_object_object_foreach(json_object_object_get(*x, "labels"), name, text)
        {
                int order = strverscmp(json_object_get_string(text), value_text(other, name));

                if (order != 0)
                        return order;
        }
        return 0;
}

void families_finish(json_object *families)
{
        for (size_t i = json_object_array_length(families); i-- > 0;) {
                json_object *family = json_object_array_get_idx(families, i);
                json_object *samples = value_array(family, "samples");

                json_object_object_del(family, LEFT_OUT);
                if (json_object_array_length(samples) == 0)
                        (void) json_object_array_del_idx(families, i, 1);
                else
                        json_object_array_sort(samples, compare_samples);
        }
}

json_object *family_seconds(uint64_t usec)
{
        char text[32];

        (void) snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        return json_object_new_double_s((double) usec / 1e6, text);
}
