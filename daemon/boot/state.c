/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/state.h"

#include "basic/message.h"
#include "daemon/boot/member.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#define VERSION   1
#define DEPTH_MAX 8

/* 64 files, of both sides, two digits a byte. */
#define STATE_TEXT_MAX ((size_t) 32 * 1024 * 1024)

static void json_putp(json_object **object)
{
        json_object_put(*object);
}
#define _cleanup_json_ _cleanup_(json_putp)

void boot_state_clear(struct boot_state *state)
{
        boot_change_clear(&state->change);
        *state = (struct boot_state){ 0 };
}

static int bad(char **message, const char *what)
{
        return fail(message, -EBADMSG,
                    "/" BOOT_STATE_FILE
                    ": %s; what was written before cannot be told, and is to be looked after by hand; once "
                    "this file is removed, memctl begins anew",
                    what);
}

static int digit(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two digits a byte; null: the file is not there. */
static bool get_bytes(json_object *object, const char *key, struct config_file *file)
{
        json_object *value;
        const char *text;
        size_t n;

        if (!json_object_object_get_ex(object, key, &value))
                return false;
        if (!value)
                return true;
        if (!json_object_is_type(value, json_type_string))
                return false;
        text = json_object_get_string(value);
        n = (size_t) json_object_get_string_len(value);
        if (n % 2 || n / 2 >= CONFIG_FILE_MAX)
                return false;
        file->data = malloc(n / 2 + 1);
        if (!file->data)
                return false;
        file->there = true;
        for (; file->size < n / 2; file->size++) {
                int high = digit(text[2 * file->size]), low = digit(text[2 * file->size + 1]);

                if (high < 0 || low < 0)
                        return false;
                file->data[file->size] = (char) (high << 4 | low);
        }
        file->data[file->size] = '\0';
        return true;
}

/* What boot loaders read is there, and nowhere else may such a file send us. */
static bool is_path(const char *path)
{
        if (strncmp(path, "etc/", 4) != 0 && strncmp(path, "boot/", 5) != 0 && strncmp(path, "efi/", 4) != 0)
                return false;
        for (const char *at = path; at; at = strchr(at, '/')) {
                at += *at == '/';
                if (*at == '\0' || *at == '/' || strncmp(at, "../", 3) == 0 || strcmp(at, "..") == 0 ||
                    strncmp(at, "./", 2) == 0 || strcmp(at, ".") == 0)
                        return false;
        }
        return true;
}

static bool parse_file(json_object *object, struct boot_change_file *file)
{
        uint64_t mode, uid, gid;

        if (!member_get_text(object, "path", file->path, sizeof(file->path)) || !is_path(file->path) ||
            !member_get_number(object, "mode", 07777, &mode) ||
            !member_get_number(object, "uid", UINT32_MAX, &uid) ||
            !member_get_number(object, "gid", UINT32_MAX, &gid) ||
            !get_bytes(object, "before", &file->before) || !get_bytes(object, "after", &file->after))
                return false;
        file->before.mode = file->after.mode = (mode_t) mode;
        file->before.uid = file->after.uid = (uid_t) uid;
        file->before.gid = file->after.gid = (gid_t) gid;
        return true;
}

static bool is_program(const char *name)
{
        return name[0] == '\0' || strcmp(name, "update-grub") == 0 || strcmp(name, "u-boot-update") == 0;
}

/* Earlier versions did not keep it: then nothing is known to be ours. */
static bool get_own(json_object *object, struct boot_change *change)
{
        return !json_object_object_get_ex(object, "own", NULL) ||
               member_get_text(object, "own", change->own, sizeof(change->own));
}

static bool parse(json_object *object, struct boot_state *state)
{
        struct boot_change *change = &state->change;
        json_object *value, *list;

        if (!member_get_text(object, "loader", change->loader, sizeof(change->loader)) ||
            !member_get_text(object, "program", change->program, sizeof(change->program)) ||
            !is_program(change->program) ||
            !member_get_text(object, "made", change->made, sizeof(change->made)) ||
            (change->made[0] && !is_path(change->made)) ||
            !member_get_text(object, "parameters", change->parameters, sizeof(change->parameters)) ||
            !get_own(object, change) ||
            !member_get_text(object, "boot", state->boot_id, sizeof(state->boot_id)) ||
            !member_get_number(object, "time", UINT32_MAX, &state->time) ||
            !member_get_number(object, "bytes", INT64_MAX, &state->bytes) ||
            !json_object_object_get_ex(object, "complete", &value) ||
            !json_object_is_type(value, json_type_boolean) ||
            !json_object_object_get_ex(object, "files", &list) ||
            !json_object_is_type(list, json_type_array) ||
            json_object_array_length(list) > BOOT_CHANGE_FILES_MAX)
                return false;
        state->complete = json_object_get_boolean(value);
        while (change->n < json_object_array_length(list)) {
                change->n++; /* what it has so far is freed with it */
                if (!parse_file(json_object_array_get_idx(list, change->n - 1),
                                &change->files[change->n - 1]))
                        return false;
        }
        state->there = true;
        return true;
}

int boot_state_parse(const char *text, size_t size, struct boot_state *ret, char **message)
{
        struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
        _cleanup_json_ json_object *object = NULL;
        uint64_t version = 0;
        bool whole;

        *ret = (struct boot_state){ 0 };
        if (!tokener)
                return -ENOMEM;
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
        object = json_tokener_parse_ex(tokener, text, (int) size);
        whole = json_tokener_get_error(tokener) == json_tokener_success;
        json_tokener_free(tokener);
        if (!whole || !json_object_is_type(object, json_type_object))
                return bad(message, "it is not what memctl wrote, or was cut off");
        if (!member_get_number(object, "version", INT32_MAX, &version) || version != VERSION)
                return bad(message, "it is of another version of memctl");
        if (!parse(object, ret)) {
                boot_state_clear(ret);
                return bad(message, "an entry in it is not as memctl writes them");
        }
        return 0;
}

int boot_state_load(int root_fd, struct boot_state *ret, char **message)
{
        _cleanup_(config_file_clear) struct config_file file = { 0 };
        int r;

        *ret = (struct boot_state){ 0 };
        r = config_file_read(root_fd, BOOT_STATE_FILE, STATE_TEXT_MAX, &file, message);
        return r < 0 || !file.there ? r : boot_state_parse(file.data, file.size, ret, message);
}

static json_object *format_bytes(const struct config_file *file)
{
        static const char digits[] = "0123456789abcdef";
        json_object *object;
        char *text;

        if (!file->there)
                return NULL;
        text = malloc(2 * file->size + 1);
        if (!text)
                return NULL;
        for (size_t i = 0; i < file->size; i++) {
                text[2 * i] = digits[(unsigned char) file->data[i] >> 4];
                text[2 * i + 1] = digits[(unsigned char) file->data[i] & 15];
        }
        object = json_object_new_string_len(text, (int) (2 * file->size));
        free(text);
        return object;
}

static json_object *format_file(const struct boot_change_file *file)
{
        json_object *object = json_object_new_object();

        json_object_object_add(object, "path", json_object_new_string(file->path));
        json_object_object_add(object, "mode", json_object_new_uint64(file->after.mode));
        json_object_object_add(object, "uid", json_object_new_uint64(file->after.uid));
        json_object_object_add(object, "gid", json_object_new_uint64(file->after.gid));
        json_object_object_add(object, "before", format_bytes(&file->before));
        json_object_object_add(object, "after", format_bytes(&file->after));
        return object;
}

static json_object *format(const struct boot_state *state)
{
        json_object *object = json_object_new_object(), *list = json_object_new_array();
        const struct boot_change *change = &state->change;

        json_object_object_add(object, "version", json_object_new_int(VERSION));
        json_object_object_add(object, "loader", json_object_new_string(change->loader));
        json_object_object_add(object, "program", json_object_new_string(change->program));
        json_object_object_add(object, "made", json_object_new_string(change->made));
        json_object_object_add(object, "parameters", json_object_new_string(change->parameters));
        json_object_object_add(object, "own", json_object_new_string(change->own));
        json_object_object_add(object, "boot", json_object_new_string(state->boot_id));
        json_object_object_add(object, "time", json_object_new_uint64(state->time));
        json_object_object_add(object, "bytes", json_object_new_uint64(state->bytes));
        json_object_object_add(object, "complete", json_object_new_boolean(state->complete));
        for (size_t i = 0; i < change->n; i++)
                json_object_array_add(list, format_file(&change->files[i]));
        json_object_object_add(object, "files", list);
        return object;
}

int boot_state_save(int root_fd, const struct boot_state *state, char **message)
{
        struct config_file file = {
                .there = state->there, .mode = 0600, .uid = geteuid(), .gid = getegid()
        };
        _cleanup_json_ json_object *object = state->there ? format(state) : NULL;

        if (object) {
                /* the object's, which is not written to */
                file.data = (char *) json_object_to_json_string_length(object, JSON_C_TO_STRING_PLAIN,
                                                                       &file.size);
                if (!file.data)
                        return -ENOMEM;
        }
        return config_file_write(root_fd, BOOT_STATE_FILE, NULL, &file, message);
}
