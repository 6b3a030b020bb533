/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lines of a journal as JSON; journal_heading.c and journal_parse.c read them.
 */
#include "daemon/journal/journal_file.h"

const char *journal_mark_name(enum journal_mark mark)
{
        static const char *const names[_JOURNAL_MARK_MAX] = {
                [JOURNAL_OFFLINE] = "offline",     [JOURNAL_OFFLINED] = "offlined",
                [JOURNAL_ONLINE] = "online",       [JOURNAL_ONLINED] = "onlined",
                [JOURNAL_EJECT] = "eject",         [JOURNAL_EJECTING] = "ejecting",
                [JOURNAL_ROLL_BACK] = "roll_back", [JOURNAL_POOL] = "pool",
                [JOURNAL_POOLED] = "pooled",
        };

        return names[mark];
}

/* Adds a value and takes it over; false: there was no memory for it, or for either. */
static bool put(json_object *object, const char *key, json_object *value)
{
        if (object && value && json_object_object_add(object, key, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

static bool put_text(json_object *object, const char *key, const char *text)
{
        if (!text)
                return json_object_object_add(object, key, NULL) == 0;
        return put(object, key, json_object_new_string(text));
}

static bool append(json_object *array, json_object *value)
{
        if (array && value && json_object_array_add(array, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

/* The object if it is whole; else it is given back. */
static json_object *whole(json_object *object, bool is_whole)
{
        if (is_whole)
                return object;
        json_object_put(object);
        return NULL;
}

static json_object *blocks_of(const struct journal_entry *entry)
{
        json_object *blocks = json_object_new_array();
        bool good = blocks;

        for (size_t i = 0; good && i < entry->blocks->n_numbers; i++)
                good = append(blocks, json_object_new_uint64(entry->blocks->numbers[i]));
        return whole(blocks, good);
}

static json_object *step_of(const struct journal_step *step)
{
        json_object *object = json_object_new_array();
        bool good = object && append(object, json_object_new_uint64(step->block));

        if (good && step->zone == ZONE_NONE)
                good = json_object_array_add(object, NULL) == 0;
        else if (good)
                good = append(object, json_object_new_string(zone_name(step->zone)));
        if (good)
                good = append(object, json_object_new_uint64(step->identity));
        return whole(object, good);
}

static json_object *steps_of(const struct journal_entry *entry)
{
        json_object *steps = json_object_new_array();
        bool good = steps;

        for (size_t i = 0; good && i < entry->n_steps; i++)
                good = append(steps, step_of(&entry->steps[i]));
        return whole(steps, good);
}

static json_object *option_value(const struct job_option *option, int64_t value)
{
        if (option->type == 'b')
                return json_object_new_boolean(value != 0);
        return option->words ? json_object_new_string(option->words[value]) : json_object_new_int64(value);
}

static json_object *options_of(const struct offline_options *options)
{
        const struct job_options all = { .offline = *options };
        json_object *object = json_object_new_object();
        bool good = object;

        for (enum job_option_id id = 0; good && id < _JOB_OPTION_MAX; id++) {
                const struct job_option *option = job_option(id);

                if (job_option_is_of_offline(option))
                        good = put(object, option->key, option_value(option, job_option_get(option, &all)));
        }
        return whole(object, good);
}

json_object *journal_heading(const struct journal_entry *entry)
{
        json_object *object = json_object_new_object();

        return whole(
                object,
                object && put(object, "version", json_object_new_int(JOURNAL_VERSION)) &&
                        put_text(object, "verb", job_verb_name(entry->verb)) &&
                        put_text(object, "target", entry->target) && put_text(object, "dimm", entry->dimm) &&
                        put(object, "eject", json_object_new_boolean(entry->eject)) &&
                        put_text(object, "zone", online_zone_name(entry->zone)) &&
                        put(object, "options", options_of(&entry->options)) &&
                        put(object, "deadline_usec", json_object_new_uint64(entry->deadline)) &&
                        put(object, "blocks", blocks_of(entry)) && put(object, "steps", steps_of(entry)) &&
                        (entry->huge_page_size == 0 ||
                         put(object, "huge_page_size", json_object_new_uint64(entry->huge_page_size))));
}

json_object *journal_line(enum journal_mark mark, uint32_t block)
{
        json_object *object = json_object_new_object();
        const char *name = journal_mark_name(mark);

        if (object && block == REASON_NO_BLOCK)
                return whole(object, json_object_object_add(object, name, NULL) == 0);
        return whole(object, object && put(object, name, json_object_new_uint64(block)));
}

json_object *journal_pool_line(enum journal_mark mark, int node, const uint64_t *numbers, size_t n)
{
        json_object *object = json_object_new_object(), *array = json_object_new_array();
        bool good = object && array;

        if (good && node < 0)
                good = json_object_array_add(array, NULL) == 0;
        else if (good)
                good = append(array, json_object_new_int(node));
        for (size_t i = 0; good && i < n; i++)
                good = append(array, json_object_new_uint64(numbers[i]));
        return whole(object, put(object, journal_mark_name(mark), array) && good);
}
