/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/columns_survey.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

void wire_survey_clear(struct wire_survey *survey)
{
        json_object_put(survey->about);
        json_object_put(survey->class_table);
        json_object_put(survey->owner_table);
        free(survey->classes);
        sd_bus_message_unref(survey->message);
}

static int read_classes(struct wire_survey *survey)
{
        size_t n = json_object_array_length(survey->class_table);

        survey->classes = calloc(n + 1, sizeof(*survey->classes));
        if (!survey->classes)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                json_object *class = json_object_array_get_idx(survey->class_table, i);
                int movable = json_object_get_int(json_object_array_get_idx(class, 2));

                if (movable > MOVABLE_UNKNOWN)
                        return -EBADMSG;
                survey->classes[i] = (struct page_class){
                        .name = json_object_get_string(json_object_array_get_idx(class, 0)),
                        .kind = json_object_get_string(json_object_array_get_idx(class, 1)),
                        .movable = (enum movable) movable,
                };
        }
        survey->n_classes = n;
        return 0;
}

static int read_columns(sd_bus_message *m, struct wire_survey *survey)
{
        int r;

        r = value_read(m, &survey->about);
        if (r >= 0)
                r = value_read(m, &survey->class_table);
        if (r >= 0)
                r = value_read(m, &survey->owner_table);
        if (r >= 0)
                r = wire_column_read(m, 'u', sizeof(uint32_t), &survey->block);
        if (r >= 0)
                r = wire_column_read(m, 'y', sizeof(uint8_t), &survey->class);
        if (r >= 0)
                r = wire_column_read(m, 'q', sizeof(uint16_t), &survey->owner);
        if (r >= 0)
                r = wire_column_read(m, 'y', sizeof(uint8_t), &survey->order);
        if (r >= 0)
                r = wire_column_read(m, 't', sizeof(uint64_t), &survey->pages);
        return r;
}

static bool columns_are_sound(const struct wire_survey *survey)
{
        size_t n = survey->block.n, n_owners = json_object_array_length(survey->owner_table);
        const uint8_t *class = survey->class.data;
        const uint16_t *owner = survey->owner.data;
        const uint64_t *pages = survey->pages.data;
        uint64_t total = 0;

        if (survey->class.n != n || survey->owner.n != n || survey->order.n != n || survey->pages.n != n)
                return false;
        for (size_t i = 0; i < n; i++)
                if (class[i] >= survey->n_classes || (owner[i] != WIRE_OWNER_NONE && owner[i] >= n_owners) ||
                    __builtin_add_overflow(total, pages[i], &total))
                        return false;
        return true;
}

static bool about_is_sound(json_object *about)
{
        json_object *totals = value_array(about, "totals"), *notes = value_array(about, "notes");

        return *value_text(about, "source") &&
               value_is_list_of(value_array(about, "unknown"), json_type_string) &&
               (!totals || value_is_list_of(totals, json_type_object)) &&
               (!notes || value_is_list_of(notes, json_type_string));
}

int wire_survey_read(struct wire_survey *survey, sd_bus_message *reply)
{
        int r;

        if (!sd_bus_message_has_signature(reply, "a{sv}a(ssy)asauayaqayat"))
                return -EBADMSG;
        survey->message = sd_bus_message_ref(reply);
        r = read_columns(reply, survey);
        if (r >= 0)
                r = read_classes(survey);
        if (r < 0)
                return r;
        return about_is_sound(survey->about) && columns_are_sound(survey) ? 0 : -EBADMSG;
}

int wire_survey_get(struct context *context, char **ranges, struct wire_survey *survey)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "Survey", &call);
        if (status == EXIT_DONE) {
                r = sd_bus_message_append_strv(call, ranges);
                status = r < 0 ? client_failed(context, NULL, r) : client_call(context, call, &reply);
        }
        if (status == EXIT_DONE && wire_survey_read(survey, reply) < 0)
                status = client_bad_answer();
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

const char *wire_survey_owner(const struct wire_survey *survey, uint8_t class, uint16_t owner)
{
        if (owner == WIRE_OWNER_NONE)
                return survey->classes[class].name;
        return json_object_get_string(json_object_array_get_idx(survey->owner_table, owner));
}

const struct page_class *wire_survey_class(const struct wire_survey *survey, const char *name)
{
        for (size_t i = 0; i < survey->n_classes; i++)
                if (strcmp(survey->classes[i].name, name) == 0)
                        return &survey->classes[i];
        return NULL;
}
