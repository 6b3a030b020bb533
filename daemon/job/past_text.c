/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A finished job as JSON, and back.
 */
#include "daemon/job/past.h"

#include "basic/message.h"
#include "daemon/plan/verb.h"
#include "memctl/bus.h"

#include <errno.h>
#include <json-c/json.h>
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

static json_object *reason_of(const struct reason *reason)
{
        json_object *object = json_object_new_object(), *processes = json_object_new_array();

        json_object_object_add(object, "code", json_object_new_string(reason_code_name(reason->code)));
        json_object_object_add(object, "block", json_object_new_uint64(reason->block));
        json_object_object_add(object, "pages", json_object_new_uint64(reason->pages));
        json_object_object_add(object, "needed_bytes", json_object_new_uint64(reason->needed_bytes));
        json_object_object_add(object, "available_bytes", json_object_new_uint64(reason->available_bytes));
        json_object_object_add(object, "searched", json_object_new_boolean(reason->searched));
        for (size_t i = 0; i < reason->n_processes; i++) {
                json_object *process = json_object_new_array();

                json_object_array_add(process, json_object_new_uint64(reason->processes[i].pid));
                json_object_array_add(process, json_object_new_string(reason->processes[i].command));
                json_object_array_add(processes, process);
        }
        json_object_object_add(object, "processes", processes);
        json_object_object_add(object, "text", reason->text ? json_object_new_string(reason->text) : NULL);
        return object;
}

static json_object *lists_of(const struct job *job, json_object *object)
{
        json_object *reasons = json_object_new_array(), *notes = json_object_new_array(),
                    *records = json_object_new_array();
        size_t first = job->n_records > PAST_RECORDS_MAX ? job->n_records - PAST_RECORDS_MAX : 0;

        for (size_t i = 0; i < job->reasons.n_items && i < PAST_REASONS_MAX; i++)
                json_object_array_add(reasons, reason_of(&job->reasons.items[i]));
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
        lists_of(job, object);
        text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
        return text ? strdup(text) : NULL;
}

/* Back. */

static bool read_number(json_object *object, const char *key, uint64_t *ret)
{
        json_object *value = json_object_object_get(object, key);

        if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
                return false;
        *ret = json_object_get_uint64(value);
        return true;
}

static bool read_flag(json_object *object, const char *key, bool *ret)
{
        json_object *value = json_object_object_get(object, key);

        if (!json_object_is_type(value, json_type_boolean))
                return false;
        *ret = json_object_get_boolean(value);
        return true;
}

static const char *read_text(json_object *value)
{
        const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

        return text && strlen(text) == (size_t) json_object_get_string_len(value) ? text : NULL;
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

static const char *result_name(int i)
{
        return job_result_name((enum job_result) i);
}

static const char *code_name(int i)
{
        return reason_code_name((enum reason_code) i);
}

static const char *record_name(int i)
{
        return job_record_name((enum job_record_kind) i);
}

static size_t length(json_object *array)
{
        return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static bool read_process(json_object *array, struct reason_process *process)
{
        json_object *pid = length(array) == 2 ? json_object_array_get_idx(array, 0) : NULL;
        const char *command = pid ? read_text(json_object_array_get_idx(array, 1)) : NULL;

        if (!json_object_is_type(pid, json_type_int) || !command ||
            strlen(command) >= sizeof(process->command))
                return false;
        process->pid = (uint32_t) json_object_get_int64(pid);
        strcpy(process->command, command);
        return true;
}

static bool read_reason(json_object *object, struct job *job)
{
        json_object *processes = json_object_object_get(object, "processes"), *text = json_object_object_get(object, "text");
        int code = look_up(read_text(json_object_object_get(object, "code")), code_name, _REASON_MAX);
        struct reason reason = { .text = (char *) read_text(text) };
        uint64_t block;

        if (code < 0 || (text && !reason.text) || !read_number(object, "block", &block) || block > UINT32_MAX ||
            !read_number(object, "pages", &reason.pages) || !read_number(object, "needed_bytes", &reason.needed_bytes) ||
            !read_number(object, "available_bytes", &reason.available_bytes) ||
            !read_flag(object, "searched", &reason.searched) || !json_object_is_type(processes, json_type_array) ||
            length(processes) > REASON_PROCESSES_MAX)
                return false;
        reason.code = (enum reason_code) code;
        reason.block = (uint32_t) block;
        for (; reason.n_processes < length(processes); reason.n_processes++)
                if (!read_process(json_object_array_get_idx(processes, reason.n_processes),
                                  &reason.processes[reason.n_processes]))
                        return false;
        job_reason(job, &reason);
        return true;
}

static bool read_record(json_object *array, struct job *job)
{
        json_object *block = length(array) == 2 ? json_object_array_get_idx(array, 0) : NULL;
        int kind = block ? look_up(read_text(json_object_array_get_idx(array, 1)), record_name, RECORD_ROLLED_BACK + 1) : -1;

        if (kind < 0 || !json_object_is_type(block, json_type_int) ||
            json_object_get_int64(block) < 0 || json_object_get_int64(block) > UINT32_MAX)
                return false;
        job_record(job, (uint32_t) json_object_get_int64(block), (enum job_record_kind) kind);
        return true;
}

static bool read_note(json_object *value, struct job *job)
{
        const char *text = read_text(value);

        if (text)
                job_note(job, "%s", text);
        return text;
}

static bool read_list(json_object *object, const char *key, size_t max, bool (*read)(json_object *item, struct job *job),
                      struct job *job)
{
        json_object *array = json_object_object_get(object, key);

        if (!json_object_is_type(array, json_type_array) || length(array) > max)
                return false;
        for (size_t i = 0; i < length(array); i++) {
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
                if (!read_number(object, numbers[i].key, &value) || !set(job, i, value))
                        return false;
        return job->id > 0;
}

static bool read_all(json_object *object, struct job *job)
{
        int result = look_up(read_text(json_object_object_get(object, "result")), result_name, _JOB_RESULT_MAX);
        uint64_t elapsed;

        if (result <= JOB_RESULT_NONE || !read_flag(object, "recovered", &job->recovered) ||
            !read_flag(object, "ejected", &job->ejected) || !read_number(object, "elapsed_usec", &elapsed) ||
            !read_numbers(object, job) || !read_list(object, "reasons", PAST_REASONS_MAX, read_reason, job) ||
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

int past_parse(struct machine *machine, const char *text, job_changed_t changed, void *userdata, struct job **ret,
               char **message)
{
        static const struct job_operation over = { nothing_to_start, nothing_to_stop, nothing_to_free };
        _cleanup_(json_putp) json_object *object = json_tokener_parse(text);
        _cleanup_(job_freep) struct job *job = NULL;
        const char *target = read_text(json_object_object_get(object, "target"));
        const char *arguments = read_text(json_object_object_get(object, "arguments"));
        int verb = look_up(read_text(json_object_object_get(object, "verb")), verb_name, _JOB_VERB_MAX), r;
        uint64_t version;

        if (!json_object_is_type(object, json_type_object) || !read_number(object, "version", &version) || version != VERSION)
                return fail(message, -EBADMSG, "accepted is a finished job as memctld writes it, version %d", VERSION);
        if (verb < 0 || !target || !arguments)
                return fail(message, -EBADMSG, "\"verb\", \"target\", \"arguments\": accepted are those of a job");
        r = job_new(machine, 0,
                    &(struct job_request){ .operation = &over,
                                           .name = job_verb_name((enum job_verb) verb),
                                           .target = target,
                                           .arguments = arguments },
                    changed, userdata, &job);
        if (r < 0)
                return r;
        if (!read_all(object, job))
                return fail(message, -EBADMSG, "accepted are the result, figures, reasons, notes and records of a job");
        *ret = TAKE_PTR(job);
        return 0;
}
