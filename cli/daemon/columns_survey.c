/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/columns_survey.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

void wire_survey_clear(struct wire_survey *survey)
{
        json_object_put(survey->about);
        json_object_put(survey->class_table);
        json_object_put(survey->owner_table);
        free(survey->classes);
        for (size_t i = 0; i < ELEMENTSOF(survey->joined); i++)
                free(survey->joined[i]);
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

        json_object *rest = value_array(about, "rest");

        return *value_text(about, "source") && (!rest || value_is_list_of(rest, json_type_string)) &&
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

/* Puts what is in from behind what is in to, which is joined from then on. */
static int join_column(struct wire_column *to, void **joined, const struct wire_column *from, size_t size)
{
        char *data = reallocarray(*joined, to->n + from->n + 1, size);

        if (!data)
                return -ENOMEM;
        if (!*joined && to->n > 0)
                memcpy(data, to->data, to->n * size);
        if (from->n > 0)
                memcpy(data + to->n * size, from->data, from->n * size);
        *joined = data;
        to->data = data;
        to->n += from->n;
        return 0;
}

/* The index of a name in the table, at its end if need be. */
static uint16_t index_of(json_object *table, json_object *name)
{
        size_t n = json_object_array_length(table);

        for (size_t i = 0; i < n; i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(table, i)),
                           json_object_get_string(name)) == 0)
                        return (uint16_t) i;
        if (n < WIRE_OWNER_NONE)
                json_object_array_add(table, json_object_get(name));
        return n < WIRE_OWNER_NONE ? (uint16_t) n : WIRE_OWNER_NONE;
}

/* Each answer has a table of owners of its own. */
static int renumber_owners(struct wire_survey *survey, size_t first, json_object *table)
{
        _cleanup_free_ uint16_t *indices = calloc(json_object_array_length(table) + 1, sizeof(*indices));
        uint16_t *owner = survey->joined[2];

        if (!indices)
                return -ENOMEM;
        for (size_t i = 0; i < json_object_array_length(table); i++)
                indices[i] = index_of(survey->owner_table, json_object_array_get_idx(table, i));
        for (size_t i = first; i < survey->owner.n; i++)
                if (owner[i] != WIRE_OWNER_NONE)
                        owner[i] = indices[owner[i]];
        return 0;
}

int wire_survey_join(struct wire_survey *survey, const struct wire_survey *page)
{
        const struct {
                struct wire_column *to;
                const struct wire_column *from;
                size_t size;
        } columns[] = {
                { &survey->block, &page->block, sizeof(uint32_t) },
                { &survey->class, &page->class, sizeof(uint8_t) },
                { &survey->owner, &page->owner, sizeof(uint16_t) },
                { &survey->order, &page->order, sizeof(uint8_t) },
                { &survey->pages, &page->pages, sizeof(uint64_t) },
        };
        size_t first = survey->block.n;
        int r;

        /* kinds of pages are as the source tells them */
        if (strcmp(value_text(survey->about, "source"), value_text(page->about, "source")) != 0 ||
            !json_object_equal(survey->class_table, page->class_table))
                return -EAGAIN;
        for (size_t i = 0; i < ELEMENTSOF(columns); i++) {
                r = join_column(columns[i].to, &survey->joined[i], columns[i].from, columns[i].size);
                if (r < 0)
                        return r;
        }
        r = renumber_owners(survey, first, page->owner_table);
        return r < 0 ? r : columns_are_sound(survey) ? 0 : -EBADMSG;
}

/* One answer. */
static int get_page(struct context *context, char **ranges, struct wire_survey *survey)
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

/* Asks for what an answer leaves to be asked for, and puts it behind. An exit status. */
static int get_rest(struct context *context, json_object *rest, struct wire_survey *survey,
                    json_object **ret_rest)
{
        _cleanup_(wire_survey_clear) struct wire_survey page = { 0 };
        size_t n = json_object_array_length(rest);
        _cleanup_free_ char **ranges = calloc(n + 1, sizeof(*ranges));
        int status, r;

        if (!ranges)
                return client_failed(context, NULL, -ENOMEM);
        for (size_t i = 0; i < n; i++)
                ranges[i] = (char *) json_object_get_string(json_object_array_get_idx(rest, i));
        status = get_page(context, ranges, &page);
        if (status != EXIT_DONE)
                return status;
        r = wire_survey_join(survey, &page);
        if (r == -EAGAIN) {
                say("memctl.ko came or went while pages were counted: try again");
                return EXIT_FAILED;
        }
        if (r < 0)
                return r == -EBADMSG ? client_bad_answer() : client_failed(context, NULL, r);
        *ret_rest = json_object_get(value_array(page.about, "rest"));
        return EXIT_DONE;
}

int wire_survey_get(struct context *context, char **ranges, struct wire_survey *survey)
{
        json_object *rest = NULL;
        int status;

        status = get_page(context, ranges, survey);
        if (status == EXIT_DONE)
                rest = json_object_get(value_array(survey->about, "rest"));
        while (status == EXIT_DONE && rest && json_object_array_length(rest) > 0) {
                json_object *asked = rest;

                rest = NULL;
                status = get_rest(context, asked, survey, &rest);
                json_object_put(asked);
        }
        json_object_put(rest);
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
