/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/cma_reserve_from.h"

#include "basic/file.h"
#include "cli/ask/reserve_file.h"
#include "cli/daemon/reserve.h"
#include "cli/run/say.h"
#include "cli/show/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define ENDING ".conf"

/* What became of a file, or of what it asks for. */
enum outcome { RESERVED, HELD, FAILED };

static const char *const outcomes[] = { [RESERVED] = "reserved", [HELD] = "held", [FAILED] = "failed" };

static json_object *find_held(json_object *list, const char *name)
{
        for (size_t i = 0; i < json_object_array_length(list); i++)
                if (strcmp(value_text(json_object_array_get_idx(list, i), "name"), name) == 0)
                        return json_object_array_get_idx(list, i);
        return NULL;
}

static enum outcome reserve(struct context *context, const struct reserve_file *file, json_object *list,
                            json_object **ret)
{
        const struct reserve_wanted wanted = {
                .size = file->size,
                .align = file->align,
                .node = file->node,
                .movable = file->movable,
                .name = file->name,
                .area = *file->area ? file->area : NULL,
        };
        json_object *held = find_held(list, file->name);

        if (!held)
                return reserve_call(context, &wanted, ret) == EXIT_DONE ? RESERVED : FAILED;
        if (value_number(held, "size") != file->size)
                say("%s: %" PRIu64 " bytes are held by that name, not %" PRIu64
                    ": release it for the new size",
                    file->name, value_number(held, "size"), file->size);
        *ret = json_object_get(held);
        return HELD;
}

/* Set anew, it would be counted and filled anew. */
static enum outcome keep_warm(struct context *context, const struct reserve_file *file, json_object **ret)
{
        _cleanup_json_ json_object *now = NULL, *node = NULL;

        if (warm_call(context, NULL, -1, &now) != EXIT_DONE)
                return FAILED;
        node = value_or_null(now, "node");
        if (value_number(now, "target_bytes") == file->size &&
            (node ? json_object_get_int(node) : -1) == file->node) {
                *ret = json_object_get(now);
                return HELD;
        }
        return warm_call(context, &file->size, file->node, ret) == EXIT_DONE ? RESERVED : FAILED;
}

static enum outcome take_file(struct context *context, int dirfd, const char *name, json_object *list,
                              json_object *rows)
{
        _cleanup_free_ char *path = NULL, *text = NULL, *message = NULL;
        _cleanup_json_ json_object *made = NULL;
        enum outcome outcome = FAILED;
        struct reserve_file file = { 0 };
        json_object *row;
        size_t size = 0;

        if (asprintf(&path, "%s/%s", context->from, name) < 0)
                path = NULL;
        text = file_read(dirfd, name, RESERVE_FILE_MAX, &size);
        if (!text)
                complain("failed", "%s: accepted is a file, no link, of less than %d bytes that can be read",
                         path ? path : name, RESERVE_FILE_MAX);
        else if (reserve_file_parse(path ? path : name, text, size, &file, &message) < 0)
                complain("invalid_argument", "%s", message ? message : strerror(ENOMEM));
        else
                outcome =
                        file.warm ? keep_warm(context, &file, &made) : reserve(context, &file, list, &made);

        row = json_object_new_object();
        json_object_object_add(row, "file", json_object_new_string(name));
        json_object_object_add(row, "name", *file.name ? json_object_new_string(file.name) : NULL);
        json_object_object_add(row, "warm", json_object_new_boolean(file.warm));
        json_object_object_add(row, "result", json_object_new_string(outcomes[outcome]));
        json_object_object_add(row, "size", value_number_or_null(made, file.warm ? "target_bytes" : "size"));
        json_object_object_add(row, "seconds", reservation_seconds(made, "usec"));
        json_object_array_add(rows, row);
        if (outcome == RESERVED && context->output == OUTPUT_TEXT && !context->quiet)
                tell("%s: %s, %s", file.warm ? "warm reserve" : file.name, file.warm ? "kept" : "reserved",
                     path ? path : name);
        return outcome;
}

static int is_ours(const struct dirent *entry)
{
        size_t n = strlen(entry->d_name);

        return entry->d_name[0] != '.' && n > strlen(ENDING) &&
               strcmp(entry->d_name + n - strlen(ENDING), ENDING) == 0;
}

/* In the order of their names, byte by byte, whatever the locale. */
static int compare(const struct dirent **a, const struct dirent **b)
{
        return strcmp((*a)->d_name, (*b)->d_name);
}

static bool stands_alone(const struct context *context)
{
        return context->n_args == 0 && !context->name && !context->align && context->node < 0 &&
               !context->movable;
}

static int take_all(struct context *context, int dirfd, struct dirent **entries, int n)
{
        _cleanup_json_ json_object *list = NULL, *answer = json_object_new_object();
        json_object *rows = json_object_new_array();
        int status = EXIT_DONE, r;

        json_object_object_add(answer, "reservations", rows);
        if (n > 0)
                status = reservations_get(context, &list);
        for (int i = 0; list && i < n; i++)
                if (take_file(context, dirfd, entries[i]->d_name, list, rows) == FAILED)
                        status = EXIT_FAILED;
        if (context->output == OUTPUT_TEXT || (n > 0 && !list))
                return status;
        r = output_json(context, answer);
        return status != EXIT_DONE ? status : r;
}

int cma_reserve_from(struct context *context)
{
        _cleanup_close_ int dirfd = -1;
        struct dirent **entries = NULL;
        int status, n;

        if (!stands_alone(context)) {
                complain("usage", "--from takes all from the files of the directory: accepted is nothing "
                                  "beside it");
                return EXIT_USAGE;
        }
        dirfd = open(context->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        n = dirfd >= 0 ? scandirat(dirfd, ".", &entries, is_ours, compare) : -1;
        if (n < 0) {
                status = errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND : EXIT_FAILED;
                complain(status == EXIT_NOT_FOUND ? "not_found" : "failed", "%s: %s", context->from,
                         strerror(errno));
                return status;
        }
        status = take_all(context, dirfd, entries, n);
        for (int i = 0; i < n; i++)
                free(entries[i]);
        free(entries);
        return status;
}
