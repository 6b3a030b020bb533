/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The record as text, and back. What is read has to be as it is written: each key, of its type, and nothing
 * that no machine has.
 */
#include "daemon/boot/record_text.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "daemon/boot/member.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#define VERSION 1

/* Our documents are not deeper. */
#define DEPTH_MAX 8

/* No figure of a machine's is larger: bytes, seconds, or requests. */
#define FIGURE_MAX (UINT64_C(1) << 62)

void cma_record_clear(struct cma_record *record)
{
        free(record->boots);
        *record = (struct cma_record){ 0 };
}

static void json_putp(json_object **object)
{
        json_object_put(*object);
}
#define _cleanup_json_ _cleanup_(json_putp)

#define OF(member) offsetof(struct cma_record_area, member)

static const struct {
        const char *key;
        size_t offset;
} numbers[] = {
        { "size", OF(demand.size) },
        { "peak", OF(demand.peak) },
        { "needed", OF(demand.needed) },
        { "largest", OF(demand.largest) },
        { "align", OF(demand.align) },
        { "requests", OF(demand.requests) },
        { "failed", OF(demand.failed) },
        { "lost", OF(demand.lost) },
        { "last_requests", OF(last_requests) },
        { "last_failed", OF(last_failed) },
        { "last_lost", OF(last_lost) },
}, lists[] = {
        { "by_cause", OF(demand.by_cause) },
        { "last_by_cause", OF(last_by_cause) },
}, flags[] = {
        { "exact", OF(demand.exact) },
        { "last_exact", OF(last_exact) },
};

static bool get_list(json_object *object, const char *key, json_object **ret)
{
        return json_object_object_get_ex(object, key, ret) && json_object_is_type(*ret, json_type_array);
}

static bool get_name(json_object *object, const char *key, char *buf, size_t size)
{
        return member_get_text(object, key, buf, size) && buf[0] != '\0';
}

static bool parse_area(json_object *object, struct cma_record_area *area)
{
        json_object *value;

        if (!get_name(object, "name", area->demand.name, sizeof(area->demand.name)))
                return false;
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                if (!member_get_number(object, numbers[i].key, FIGURE_MAX,
                                       (uint64_t *) ((char *) area + numbers[i].offset)))
                        return false;
        for (size_t i = 0; i < ELEMENTSOF(flags); i++) {
                if (!json_object_object_get_ex(object, flags[i].key, &value) ||
                    !json_object_is_type(value, json_type_boolean))
                        return false;
                *(bool *) ((char *) area + flags[i].offset) = json_object_get_boolean(value);
        }
        for (size_t i = 0; i < ELEMENTSOF(lists); i++) {
                uint64_t *into = (uint64_t *) ((char *) area + lists[i].offset);

                if (!get_list(object, lists[i].key, &value) ||
                    json_object_array_length(value) != CMA_DEMAND_CAUSES)
                        return false;
                for (size_t j = 0; j < CMA_DEMAND_CAUSES; j++)
                        if (!member_take_number(json_object_array_get_idx(value, j), FIGURE_MAX, &into[j]))
                                return false;
        }
        return true;
}

static bool has_area(const struct cma_record_boot *boot, const char *name)
{
        for (size_t i = 0; i < boot->n; i++)
                if (strcmp(boot->areas[i].demand.name, name) == 0)
                        return true;
        return false;
}

static bool parse_boot(json_object *object, struct cma_record_boot *boot)
{
        json_object *list;

        if (!get_name(object, "boot", boot->id, sizeof(boot->id)) ||
            !member_get_number(object, "first_uptime", FIGURE_MAX, &boot->first_uptime) ||
            !member_get_number(object, "last_uptime", FIGURE_MAX, &boot->last_uptime) ||
            !get_list(object, "areas", &list) || json_object_array_length(list) > ELEMENTSOF(boot->areas))
                return false;
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct cma_record_area area = { 0 };

                if (!parse_area(json_object_array_get_idx(list, i), &area) ||
                    has_area(boot, area.demand.name))
                        return false;
                boot->areas[boot->n++] = area;
        }
        return true;
}

static int bad(char **message, const char *what)
{
        return fail(message, -EBADMSG, "/" CMA_RECORD_FILE ": %s", what);
}

static json_object *tokenize(const char *text, size_t size)
{
        struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
        json_object *object = NULL;

        if (!tokener)
                return NULL;
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
        object = json_tokener_parse_ex(tokener, text, (int) size);
        if (json_tokener_get_error(tokener) != json_tokener_success) {
                json_object_put(object);
                object = NULL;
        }
        json_tokener_free(tokener);
        return object;
}

/* What is cleared when it goes out of scope is empty then. */
static void move(struct cma_record *to, struct cma_record *from)
{
        *to = *from;
        *from = (struct cma_record){ 0 };
}

int cma_record_parse(const char *text, size_t size, struct cma_record *ret, char **message)
{
        _cleanup_(cma_record_clear) struct cma_record record = { 0 };
        _cleanup_json_ json_object *object = NULL;
        uint64_t version;
        json_object *list;
        size_t n;

        *ret = (struct cma_record){ 0 };
        if (size >= CMA_RECORD_TEXT_MAX || memchr(text, '\0', size))
                return bad(message, "it is no text of the length that it may have");
        object = tokenize(text, size);
        if (!json_object_is_type(object, json_type_object) ||
            !member_get_number(object, "version", FIGURE_MAX, &version))
                return bad(message, "it is no record of memctl's, or was cut off");
        if (version != VERSION)
                return bad(message, "it is of another version of memctl");
        if (!get_list(object, "boots", &list) || json_object_array_length(list) > CMA_RECORD_BOOTS_MAX)
                return bad(message, "it has no list of boots, or too many of them");
        n = json_object_array_length(list);
        record.boots = calloc(n + 1, sizeof(*record.boots));
        if (!record.boots)
                return -ENOMEM;
        for (; record.n < n; record.n++)
                if (!parse_boot(json_object_array_get_idx(list, record.n), &record.boots[record.n]))
                        return bad(message, "an entry in it is not as memctl writes them");
        move(ret, &record);
        return 0;
}

static json_object *format_area(const struct cma_record_area *area)
{
        json_object *object = json_object_new_object();

        json_object_object_add(object, "name", json_object_new_string(area->demand.name));
        for (size_t i = 0; i < ELEMENTSOF(flags); i++)
                json_object_object_add(
                        object, flags[i].key,
                        json_object_new_boolean(*(const bool *) ((const char *) area + flags[i].offset)));
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                uint64_t n = *(const uint64_t *) ((const char *) area + numbers[i].offset);

                json_object_object_add(object, numbers[i].key,
                                       json_object_new_uint64(n < FIGURE_MAX ? n : FIGURE_MAX));
        }
        for (size_t i = 0; i < ELEMENTSOF(lists); i++) {
                const uint64_t *from = (const uint64_t *) ((const char *) area + lists[i].offset);
                json_object *list = json_object_new_array();

                for (size_t j = 0; j < CMA_DEMAND_CAUSES; j++)
                        json_object_array_add(
                                list, json_object_new_uint64(from[j] < FIGURE_MAX ? from[j] : FIGURE_MAX));
                json_object_object_add(object, lists[i].key, list);
        }
        return object;
}

static json_object *format_boot(const struct cma_record_boot *boot)
{
        json_object *object = json_object_new_object(), *list = json_object_new_array();

        json_object_object_add(object, "boot", json_object_new_string(boot->id));
        json_object_object_add(object, "first_uptime", json_object_new_uint64(boot->first_uptime));
        json_object_object_add(object, "last_uptime", json_object_new_uint64(boot->last_uptime));
        for (size_t i = 0; i < boot->n; i++)
                json_object_array_add(list, format_area(&boot->areas[i]));
        json_object_object_add(object, "areas", list);
        return object;
}

char *cma_record_format(const struct cma_record *record)
{
        _cleanup_json_ json_object *object = json_object_new_object();
        json_object *list = json_object_new_array();
        const char *text;
        char *copy;

        if (!object || !list)
                return NULL;
        json_object_object_add(object, "version", json_object_new_int(VERSION));
        for (size_t i = 0; i < record->n; i++)
                json_object_array_add(list, format_boot(&record->boots[i]));
        json_object_object_add(object, "boots", list);
        text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
        return text && asprintf(&copy, "%s\n", text) >= 0 ? copy : NULL;
}
