/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/past_reason.h"

#include "basic/cleanup.h"
#include "daemon/job/json.h"

#include <string.h>

/* What is a number in struct reason. */
static const struct {
        const char *key;
        size_t offset;
} numbers[] = {
        { "pages", offsetof(struct reason, pages) },
        { "needed_bytes", offsetof(struct reason, needed_bytes) },
        { "available_bytes", offsetof(struct reason, available_bytes) },
        { "bytes", offsetof(struct reason, bytes) },
        { "device_bytes", offsetof(struct reason, device_bytes) },
        { "count", offsetof(struct reason, count) },
};

static const char *code_name(int i)
{
        return reason_code_name((enum reason_code) i);
}

json_object *past_reason_of(const struct reason *reason)
{
        json_object *object = json_object_new_object(), *processes = json_object_new_array();

        json_object_object_add(object, "code", json_object_new_string(reason_code_name(reason->code)));
        json_object_object_add(object, "block", json_object_new_uint64(reason->block));
        json_object_object_add(object, "last_block", json_object_new_uint64(reason->last_block));
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                uint64_t number;

                memcpy(&number, (const char *) reason + numbers[i].offset, sizeof(number));
                json_object_object_add(object, numbers[i].key, json_object_new_uint64(number));
        }
        json_object_object_add(object, "driver", json_object_new_string(reason->driver));
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

static bool read_process(json_object *array, struct reason_process *process)
{
        json_object *pid = json_length(array) == 2 ? json_object_array_get_idx(array, 0) : NULL;
        const char *command = pid ? json_read_text(json_object_array_get_idx(array, 1)) : NULL;

        if (!json_object_is_type(pid, json_type_int) || !command ||
            strlen(command) >= sizeof(process->command))
                return false;
        process->pid = (uint32_t) json_object_get_int64(pid);
        strcpy(process->command, command);
        return true;
}

static bool read_numbers(json_object *object, struct reason *reason)
{
        uint64_t block, last;

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                uint64_t number;

                if (!json_read_number(object, numbers[i].key, &number))
                        return false;
                memcpy((char *) reason + numbers[i].offset, &number, sizeof(number));
        }
        if (!json_read_number(object, "block", &block) || block > UINT32_MAX ||
            !json_read_number(object, "last_block", &last) || last > UINT32_MAX)
                return false;
        reason->block = (uint32_t) block;
        reason->last_block = (uint32_t) last;
        return true;
}

static bool read_processes(json_object *array, struct reason *reason)
{
        if (!json_object_is_type(array, json_type_array) || json_length(array) > REASON_PROCESSES_MAX)
                return false;
        for (; reason->n_processes < json_length(array); reason->n_processes++)
                if (!read_process(json_object_array_get_idx(array, reason->n_processes),
                                  &reason->processes[reason->n_processes]))
                        return false;
        return true;
}

bool past_reason_read(json_object *object, struct reason *ret)
{
        json_object *text = json_object_object_get(object, "text");
        const char *driver = json_read_text(json_object_object_get(object, "driver"));
        int code =
                json_look_up(json_read_text(json_object_object_get(object, "code")), code_name, _REASON_MAX);
        struct reason reason = { .text = (char *) json_read_text(text) };

        if (code < 0 || (text && !reason.text) || !driver || strlen(driver) >= sizeof(reason.driver) ||
            !read_numbers(object, &reason) || !json_read_flag(object, "searched", &reason.searched) ||
            !read_processes(json_object_object_get(object, "processes"), &reason))
                return false;
        reason.code = (enum reason_code) code;
        strcpy(reason.driver, driver);
        *ret = reason;
        return true;
}
