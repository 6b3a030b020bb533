/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a journal, line by line: the heading, then what was about to be done, and was.
 */
#include "daemon/journal/journal_file.h"
#include "basic/message.h"

#include <errno.h>
#include <string.h>

/* A heading is lists in a list in an object. */
#define DEPTH_MAX 8

/* The steps by block: a journal may have as many lines as it has bytes for. */
struct index {
        struct journal_step **steps;
        size_t n_steps;
};

static void json_putp(json_object **object)
{
        json_object_put(*object);
}

void journal_found_clear(struct journal_found *found)
{
        journal_close(found->journal);
        free(found->target);
        free(found->dimm);
        block_set_clear(&found->blocks);
        free(found->steps);
        free(found->pools);
        *found = (struct journal_found){ 0 };
}

struct journal_found *journal_found_free(struct journal_found *found)
{
        if (found)
                journal_found_clear(found);
        free(found);
        return NULL;
}

static int compare_steps(const void *a, const void *b)
{
        const struct journal_step *const *x = a, *const *y = b;

        return (*x)->block < (*y)->block ? -1 : (*x)->block > (*y)->block;
}

static int make_index(struct journal_found *found, struct index *index, char **message)
{
        index->steps = calloc(found->n_steps ? found->n_steps : 1, sizeof(*index->steps));
        if (!index->steps)
                return -ENOMEM;
        index->n_steps = found->n_steps;
        for (size_t i = 0; i < found->n_steps; i++)
                index->steps[i] = &found->steps[i];
        qsort(index->steps, index->n_steps, sizeof(*index->steps), compare_steps);
        for (size_t i = 1; i < index->n_steps; i++)
                if (index->steps[i]->block == index->steps[i - 1]->block)
                        return fail(message, -EBADMSG,
                                    "line 1: \"steps\": accepted is one a block, and block %u has more",
                                    index->steps[i]->block);
        return 0;
}

static struct journal_step *find_step(const struct index *index, uint32_t block)
{
        const struct journal_step wanted = { .block = block }, *key = &wanted;
        struct journal_step **step;

        if (index->n_steps == 0)
                return NULL;
        step = bsearch(&key, index->steps, index->n_steps, sizeof(*index->steps), compare_steps);
        return step ? *step : NULL;
}

/* A block that goes to where its step wants it has begun; one that is where it was before has not. */
static void take_mark(struct journal_step *step, enum journal_mark mark, size_t line)
{
        bool offline = mark == JOURNAL_OFFLINE || mark == JOURNAL_OFFLINED;
        bool over = mark == JOURNAL_OFFLINED || mark == JOURNAL_ONLINED;
        bool forward = offline == (step->zone != ZONE_NONE);

        if (forward && step->begun == 0)
                step->begun = line;
        else if (!forward && over)
                step->begun = 0;
}

static bool read_job_mark(enum journal_mark mark, json_object *value, struct journal_found *found)
{
        if (mark == JOURNAL_ROLL_BACK)
                found->rolling_back = true;
        else if (!found->eject)
                return false;
        else if (mark == JOURNAL_EJECT)
                found->ejecting = true;
        else
                found->asked = true;
        return !value;
}

static bool read_pool_mark(enum journal_mark mark, json_object *value, struct journal_found *found,
                           int *error)
{
        bool good = false;

        *error = journal_read_pool(value, mark, found, &good);
        return good;
}

/* *error: no memory. */
static bool read_mark(json_object *object, struct journal_found *found, const struct index *index,
                      size_t line, int *error)
{
        if (json_object_object_length(object) != 1)
                return false;
        for (int i = 0; i < _JOURNAL_MARK_MAX; i++) {
                enum journal_mark mark = (enum journal_mark) i;
                struct journal_step *step;
                json_object *value;
                uint64_t block;

                if (!json_object_object_get_ex(object, journal_mark_name(mark), &value))
                        continue;
                if (mark == JOURNAL_EJECT || mark == JOURNAL_EJECTING || mark == JOURNAL_ROLL_BACK)
                        return read_job_mark(mark, value, found);
                if (mark == JOURNAL_POOL || mark == JOURNAL_POOLED)
                        return read_pool_mark(mark, value, found, error);
                if (!journal_get_number(value, UINT32_MAX - 1, &block))
                        return false;
                step = find_step(index, (uint32_t) block);
                if (step)
                        take_mark(step, mark, line);
                return step;
        }
        return false;
}

/*
 * One line, without its end, if it is exactly as journal.c would write it: a member that is there twice, of
 * which the tokener takes one, is not.
 */
static json_object *parse_line(const char *line, size_t size)
{
        struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
        json_object *object;
        const char *again;

        if (!tokener)
                return NULL;
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
        object = json_tokener_parse_ex(tokener, line, (int) size);
        again = json_object_is_type(object, json_type_object)
                        ? json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN)
                        : NULL;
        if (json_tokener_get_error(tokener) != json_tokener_success || !again || strlen(again) != size ||
            memcmp(again, line, size) != 0) {
                json_object_put(object);
                object = NULL;
        }
        json_tokener_free(tokener);
        return object;
}

static int read_line(const char *line, size_t size, size_t number, struct journal_found *found,
                     struct index *index, char **message)
{
        _cleanup_(json_putp) json_object *object = parse_line(line, size);
        int r, error = 0;

        if (!object)
                return fail(message, -EBADMSG,
                            "line %zu: accepted is a JSON object without spaces, each member once", number);
        if (number == 1) {
                r = journal_read_heading(object, found, message);
                return r < 0 ? r : make_index(found, index, message);
        }
        if (read_mark(object, found, index, number, &error))
                return 0;
        if (error < 0)
                return error;
        return fail(
                message, -EBADMSG,
                "line %zu: accepted is {\"offline\":N}, offlined, online or onlined, N the block of a step "
                "in line 1, or {\"roll_back\":null}, of jobs that eject eject or ejecting, and of those on "
                "huge pages pool and then pooled",
                number);
}

int journal_parse(const char *text, size_t size, struct journal_found *ret, char **message)
{
        _cleanup_(journal_found_clear) struct journal_found found = { 0 };
        struct index index = { 0 };
        size_t at = 0, number = 0;
        int r = 0;

        if (size > JOURNAL_MAX)
                return fail(message, -EBADMSG, "accepted are %zu bytes at most", JOURNAL_MAX);
        while (r >= 0 && at < size) {
                const char *end = memchr(text + at, '\n', size - at);

                if (!end)
                        break; /* the process died in it */
                r = read_line(text + at, (size_t) (end - (text + at)), ++number, &found, &index, message);
                at = (size_t) (end - text) + 1;
        }
        free(index.steps);
        if (r >= 0 && number == 0)
                r = fail(message, -EBADMSG,
                         "line 1 is missing or torn: accepted is the heading of a journal");
        if (r < 0)
                return r;
        *ret = found;
        found = (struct journal_found){ 0 };
        return 0;
}
