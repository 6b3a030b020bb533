/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/past_text.h"

#include "basic/message.h"
#include "daemon/job/json.h"
#include "daemon/job/past_reason.h"
#include "daemon/plan/verb.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

#define VERSION 1

static void json_putp(json_object **object)
{
        json_object_put(*object);
}

/* What is a number in struct job. */
static const struct {
        const char *key;
        size_t offset, size;
} numbers[] = {
#define NUMBER(name, field) { name, offsetof(struct job, field), sizeof(((struct job *) NULL)->field) }
        NUMBER("id", id),
        NUMBER("blocks_total", progress.blocks_total),
        NUMBER("blocks_done", progress.blocks_done),
        NUMBER("pages_in_use", progress.pages_in_use),
        NUMBER("pages_migrated", progress.pages_migrated),
        NUMBER("estimated_usec", progress.estimated_usec),
#undef NUMBER
};

static uint64_t get(const struct job *job, size_t i)
{
        const char *at = (const char *) job + numbers[i].offset;
        uint32_t small;
        uint64_t large;

        if (numbers[i].size == sizeof(small)) {
                memcpy(&small, at, sizeof(small));
                return small;
        }
        memcpy(&large, at, sizeof(large));
        return large;
}

static bool set(struct job *job, size_t i, uint64_t value)
{
        char *at = (char *) job + numbers[i].offset;
        uint32_t small = (uint32_t) value;

        if (numbers[i].size == sizeof(small)) {
                memcpy(at, &small, sizeof(small));
                return small == value;
        }
        memcpy(at, &value, sizeof(value));
        return true;
}

static json_object *figures_of(const struct job *job)
{
        json_object *object = json_object_new_object();

        for (enum job_figure i = 0; i < _FIGURE_MAX; i++)
                if (job->figures[i] != JOB_FIGURE_NONE)
                        json_object_object_add(object, job_figure_name(i),
                                               json_object_new_uint64(job->figures[i]));
        return object;
}

static json_object *lists_of(const struct job *job, json_object *object)
{
        json_object *reasons = json_object_new_array(), *notes = json_object_new_array(),
                    *records = json_object_new_array();
        size_t first = job->n_records > PAST_RECORDS_MAX ? job->n_records - PAST_RECORDS_MAX : 0;

        for (size_t i = 0; i < job->reasons.n_items && i < PAST_REASONS_MAX; i++)
                json_object_array_add(reasons, past_reason_of(&job->reasons.items[i]));
        for (char **note = job->notes; note && *note; note++)
                json_object_array_add(notes, json_object_new_string(*note));
        for (size_t i = first; i < job->n_records; i++) {
                json_object *record = json_object_new_array();

                json_object_array_add(record, json_object_new_uint64(job->records[i].block));
                json_object_array_add(record, json_object_new_string(job_record_name(job->records[i].kind)));
                json_object_array_add(records, record);
        }
        json_object_object_add(object, "reasons", reasons);
        json_object_object_add(object, "notes", notes);
        json_object_object_add(object, "records", records);
        return object;
}

char *past_text(const struct job *job)
{
        _cleanup_(json_putp) json_object *object = json_object_new_object();
        const char *text;

        if (!object)
                return NULL;
        json_object_object_add(object, "version", json_object_new_int(VERSION));
        json_object_object_add(object, "verb", json_object_new_string(job->name));
        json_object_object_add(object, "target", json_object_new_string(job->target));
        json_object_object_add(object, "arguments", json_object_new_string(job->arguments));
        json_object_object_add(object, "result", json_object_new_string(job_result_name(job->result)));
        json_object_object_add(object, "recovered", json_object_new_boolean(job->recovered));
        json_object_object_add(object, "ejected", json_object_new_boolean(job->ejected));
        json_object_object_add(object, "elapsed_usec", json_object_new_uint64(job_elapsed_usec(job)));
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                json_object_object_add(object, numbers[i].key, json_object_new_uint64(get(job, i)));
        json_object_object_add(object, "figures", figures_of(job));
        lists_of(job, object);
        text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
        return text ? strdup(text) : NULL;
}

/* Back. */

static const char *verb_name(int i)
{
        return job_verb_name((enum job_verb) i);
}

static const char *result_name(int i)
{
        return job_result_name((enum job_result) i);
}

static const char *record_name(int i)
{
        return job_record_name((enum job_record_kind) i);
}

static bool read_reason(json_object *object, struct job *job)
{
        struct reason reason;

        if (!past_reason_read(object, &reason))
                return false;
        job_reason(job, &reason);
        return true;
}

static bool read_record(json_object *array, struct job *job)
{
        json_object *block = json_length(array) == 2 ? json_object_array_get_idx(array, 0) : NULL;
        int kind = block ? json_look_up(json_read_text(json_object_array_get_idx(array, 1)), record_name,
                                        RECORD_ROLLED_BACK + 1)
                         : -1;

        if (kind < 0 || !json_object_is_type(block, json_type_int) ||
            json_object_get_int64(block) < 0 || json_object_get_int64(block) > UINT32_MAX)
                return false;
        job_record(job, (uint32_t) json_object_get_int64(block), (enum job_record_kind) kind);
        return true;
}

static bool read_note(json_object *value, struct job *job)
{
        const char *text = json_read_text(value);

        if (text)
                job_note(job, "%s", text);
        return text;
}

static bool read_list(json_object *object, const char *key, size_t max,
                      bool (*read)(json_object *item, struct job *job), struct job *job)
{
        json_object *array = json_object_object_get(object, key);

        if (!json_object_is_type(array, json_type_array) || json_length(array) > max)
                return false;
        for (size_t i = 0; i < json_length(array); i++) {
                json_object *item = json_object_array_get_idx(array, i);

                if (!item || !read(item, job))
                        return false;
        }
        return true;
}

static bool read_numbers(json_object *object, struct job *job)
{
        uint64_t value;

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                if (!json_read_number(object, numbers[i].key, &value) || !set(job, i, value))
                        return false;
        return job->id > 0;
}

/* A memctld of before has written none. */
static bool read_figures(json_object *object, struct job *job)
{
        json_object *figures = json_object_object_get(object, "figures");

        if (figures && !json_object_is_type(figures, json_type_object))
                return false;
        for (enum job_figure i = 0; figures && i < _FIGURE_MAX; i++)
                if (json_object_object_get(figures, job_figure_name(i)) &&
                    !json_read_number(figures, job_figure_name(i), &job->figures[i]))
                        return false;
        return true;
}

static bool read_all(json_object *object, struct job *job)
{
        int result = json_look_up(json_read_text(json_object_object_get(object, "result")), result_name,
                                  _JOB_RESULT_MAX);
        uint64_t elapsed;

        if (result <= JOB_RESULT_NONE || !json_read_flag(object, "recovered", &job->recovered) ||
            !json_read_flag(object, "ejected", &job->ejected) ||
            !json_read_number(object, "elapsed_usec", &elapsed) || !read_numbers(object, job) ||
            !read_figures(object, job) ||
            !read_list(object, "reasons", PAST_REASONS_MAX, read_reason, job) ||
            !read_list(object, "notes", PAST_RECORDS_MAX, read_note, job) ||
            !read_list(object, "records", PAST_RECORDS_MAX, read_record, job))
                return false;
        job->result = (enum job_result) result;
        job->state = JOB_FINISHED;
        job->started_at = 0;
        job->finished_at = elapsed;
        return true;
}

static int nothing_to_start(struct job *job)
{
        (void) job;

        return -EALREADY;
}

static void nothing_to_stop(struct job *job, enum job_result why)
{
        (void) job, (void) why;
}

static void nothing_to_free(void *work)
{
        (void) work;
}

int past_parse(struct machine *machine, const char *text, job_changed_t changed, void *userdata,
               struct job **ret, char **message)
{
        static const struct job_operation over = { nothing_to_start, nothing_to_stop, nothing_to_free };
        _cleanup_(json_putp) json_object *object = json_tokener_parse(text);
        _cleanup_(job_freep) struct job *job = NULL;
        const char *target = json_read_text(json_object_object_get(object, "target"));
        const char *arguments = json_read_text(json_object_object_get(object, "arguments"));
        int verb = json_look_up(json_read_text(json_object_object_get(object, "verb")), verb_name,
                                _JOB_VERB_MAX),
            r;
        uint64_t version;

        if (!json_object_is_type(object, json_type_object) ||
            !json_read_number(object, "version", &version) || version != VERSION)
                return fail(message, -EBADMSG, "accepted is a finished job as memctld writes it, version %d",
                            VERSION);
        if (verb < 0 || !target || !arguments)
                return fail(message, -EBADMSG,
                            "\"verb\", \"target\", \"arguments\": accepted are those of a job");
        r = job_new(machine, 0,
                    &(struct job_request){ .operation = &over,
                                           .name = job_verb_name((enum job_verb) verb),
                                           .target = target,
                                           .arguments = arguments },
                    changed, userdata, &job);
        if (r < 0)
                return r;
        if (!read_all(object, job))
                return fail(message, -EBADMSG,
                            "accepted are the result, figures, reasons, notes and records of a job");
        *ret = TAKE_PTR(job);
        return 0;
}
