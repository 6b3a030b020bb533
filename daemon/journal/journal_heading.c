/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads line 1 of a journal: the request and its steps.
 */
#include "daemon/journal/journal_file.h"
#include "daemon/machine/dimm.h"
#include "basic/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool journal_get_number(json_object *value, uint64_t max, uint64_t *ret)
{
        if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0 ||
            json_object_get_uint64(value) > max)
                return false;
        *ret = json_object_get_uint64(value);
        return true;
}

static bool get_flag(json_object *object, const char *key, bool *ret)
{
        json_object *value = json_object_object_get(object, key);

        if (!json_object_is_type(value, json_type_boolean))
                return false;
        *ret = json_object_get_boolean(value);
        return true;
}

static bool get_number(json_object *object, const char *key, uint64_t max, uint64_t *ret)
{
        return journal_get_number(json_object_object_get(object, key), max, ret);
}

/* NULL: it is no text, or one with a NUL in it. */
static const char *get_text(json_object *object, const char *key)
{
        json_object *value = json_object_object_get(object, key);
        const char *text;

        if (!json_object_is_type(value, json_type_string))
                return NULL;
        text = json_object_get_string(value);
        return strlen(text) == (size_t) json_object_get_string_len(value) ? text : NULL;
}

/* Where name(i) is the text, for i below n; -1: nowhere. */
static int look_up(const char *text, const char *(*name)(int i), int n)
{
        for (int i = 0; text && i < n; i++)
                if (strcmp(name(i), text) == 0)
                        return i;
        return -1;
}

static const char *verb_name(int i)
{
        return job_verb_name((enum job_verb) i);
}

/* What the journal says for an option, as job_option_get() gives it. */
static bool read_value(json_object *object, const struct job_option *option, int64_t *ret)
{
        json_object *value = json_object_object_get(object, option->key);
        const char *word;
        bool flag;

        if (option->type == 'b') {
                if (!get_flag(object, option->key, &flag))
                        return false;
                *ret = flag;
                return true;
        }
        if (option->words) {
                word = get_text(object, option->key);
                *ret = word ? job_option_word(option, word) : -1;
                return *ret >= 0;
        }
        *ret = json_object_get_int64(value);
        return json_object_is_type(value, json_type_int) && json_object_get_uint64(value) <= INT64_MAX;
}

/* All of them, and nothing else. */
static bool read_options(json_object *object, struct offline_options *options)
{
        struct job_options all = JOB_OPTIONS_NONE;
        int n = 0;

        if (!json_object_is_type(object, json_type_object))
                return false;
        for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++) {
                const struct job_option *option = job_option(id);
                int64_t value;

                if (!job_option_is_of_offline(option))
                        continue;
                if (!read_value(object, option, &value) ||
                    (value != option->none && !job_option_set(option, &all, value)))
                        return false;
                n++;
        }
        *options = all.offline;
        return json_object_object_length(object) == n;
}

/* some: or else none. */
static int read_blocks(json_object *array, struct block_set *blocks, bool some, char **message)
{
        size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

        blocks->numbers = calloc(n ? n : 1, sizeof(*blocks->numbers));
        if (!blocks->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                uint64_t number;

                if (!journal_get_number(json_object_array_get_idx(array, i), UINT32_MAX - 1, &number) ||
                    (i > 0 && number <= blocks->numbers[i - 1]))
                        break;
                blocks->numbers[blocks->n_numbers++] = (uint32_t) number;
        }
        if ((n == 0) == some || blocks->n_numbers < n)
                return fail(message, -EBADMSG,
                            some ? "line 1: \"blocks\": accepted are numbers of blocks, ascending, at least "
                                   "one"
                                 : "line 1: \"blocks\": accepted are none for a job on huge pages");
        return 0;
}

static bool is_of(const struct block_set *blocks, uint32_t block)
{
        size_t low = 0, high = blocks->n_numbers;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (blocks->numbers[middle] < block)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < blocks->n_numbers && blocks->numbers[low] == block;
}

static bool read_step(json_object *object, uint64_t version, const struct block_set *blocks,
                      struct journal_step *step)
{
        uint64_t block, identity = 0;
        json_object *zone;

        if (!json_object_is_type(object, json_type_array) ||
            json_object_array_length(object) != (version == 1 ? 2 : 3) ||
            (version > 1 &&
             !journal_get_number(json_object_array_get_idx(object, 2), UINT64_MAX, &identity)) ||
            !journal_get_number(json_object_array_get_idx(object, 0), UINT32_MAX - 1, &block) ||
            !is_of(blocks, (uint32_t) block))
                return false;
        *step = (struct journal_step){ .block = (uint32_t) block, .zone = ZONE_NONE, .identity = identity };
        zone = json_object_array_get_idx(object, 1);
        if (!zone)
                return true;
        if (!json_object_is_type(zone, json_type_string))
                return false;
        step->zone = zone_by_name(json_object_get_string(zone), (size_t) json_object_get_string_len(zone));
        return step->zone != ZONE_NONE;
}

static int read_steps(json_object *array, uint64_t version, struct journal_found *found, char **message)
{
        bool is_array = json_object_is_type(array, json_type_array);
        size_t n = is_array ? json_object_array_length(array) : 0;

        found->steps = calloc(n ? n : 1, sizeof(*found->steps));
        if (!found->steps)
                return -ENOMEM;
        if (!is_array)
                return fail(message, -EBADMSG, "line 1: \"steps\": accepted is a list");
        for (size_t i = 0; i < n; i++) {
                if (!read_step(json_object_array_get_idx(array, i), version, &found->blocks,
                               &found->steps[i]))
                        return fail(message, -EBADMSG,
                                    "line 1: step %zu: accepted is [block, zone%s], the block one of "
                                    "\"blocks\", the "
                                    "zone null or as the kernel names it",
                                    i + 1, version == 1 ? "" : ", identity");
                found->n_steps++;
        }
        return 0;
}

/* A name where the verb is about a DIMM, and only there. */
static int read_dimm(json_object *object, struct journal_found *found, char **message)
{
        const char *name = get_text(object, "dimm");

        if (!job_verb_is_of_dimm(found->verb)) {
                if (json_object_object_get(object, "dimm") || found->eject)
                        return fail(message, -EBADMSG,
                                    "line 1: \"dimm\", \"eject\": accepted are null and false for %s",
                                    job_verb_name(found->verb));
                return 0;
        }
        if (!name || !dimm_name_is_valid(name))
                return fail(message, -EBADMSG,
                            "line 1: \"dimm\": accepted is the name of one (PNP0C80:00) for %s",
                            job_verb_name(found->verb));
        found->dimm = strdup(name);
        return found->dimm ? 0 : -ENOMEM;
}

static int read_request(json_object *object, struct journal_found *found, char **message)
{
        const char *target = get_text(object, "target"), *zone = get_text(object, "zone");
        int verb = look_up(get_text(object, "verb"), verb_name, _JOB_VERB_MAX);
        int kind = zone ? job_option_word(job_option(JOB_OPTION_ZONE), zone) : -1;

        if (verb < 0 || !target || strlen(target) > JOURNAL_TARGET_MAX)
                return fail(message, -EBADMSG, "line 1: \"verb\", \"target\": accepted are those of a job");
        if (kind < 0 || !get_flag(object, "eject", &found->eject) ||
            !get_number(object, "deadline_usec", INT64_MAX, &found->deadline) ||
            !read_options(json_object_object_get(object, "options"), &found->options))
                return fail(message, -EBADMSG,
                            "line 1: \"zone\", \"eject\", \"deadline_usec\", \"options\": accepted are "
                            "those of a job");
        found->zone = (enum online_zone) kind;
        found->verb = (enum job_verb) verb;
        found->target = strdup(target);
        return found->target ? read_dimm(object, found, message) : -ENOMEM;
}

int journal_read_heading(json_object *object, struct journal_found *found, char **message)
{
        uint64_t version;
        bool has_pools;
        int r;

        if (!get_number(object, "version", INT32_MAX, &version))
                return fail(message, -EBADMSG,
                            "line 1: accepted is the heading of a journal of version %d to %d",
                            JOURNAL_VERSION_OLDEST, JOURNAL_VERSION);
        if (version < JOURNAL_VERSION_OLDEST || version > JOURNAL_VERSION)
                return fail(message, -EBADMSG,
                            "it is of version %d, from another release of memctl, and accepted are %d to "
                            "%d: memory "
                            "that it was about may still be offline (memctl block list)",
                            (int) version, JOURNAL_VERSION_OLDEST, JOURNAL_VERSION);
        has_pools = get_number(object, "huge_page_size", INT64_MAX, &found->huge_page_size);
        if (json_object_object_length(object) != 10 + has_pools)
                return fail(message, -EBADMSG, "line 1: accepted is the heading of a journal of version %d",
                            (int) version);
        r = read_request(object, found, message);
        if (r >= 0 &&
            (has_pools != (found->verb == JOB_HUGEPAGES) || (has_pools && found->huge_page_size == 0)))
                r = fail(message, -EBADMSG,
                         "line 1: \"huge_page_size\": accepted is a number of bytes for %s, and for no "
                         "others",
                         job_verb_name(JOB_HUGEPAGES));
        if (r >= 0)
                r = read_blocks(json_object_object_get(object, "blocks"), &found->blocks, !has_pools,
                                message);
        return r < 0 ? r : read_steps(json_object_object_get(object, "steps"), version, found, message);
}
