/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/history.h"

#include "basic/cleanup.h"
#include "basic/file.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A line is about 120 bytes, and twice as many as are kept may be in the file. */
#define HISTORY_TEXT_MAX ((size_t) 64 * 1024)

static void json_putp(json_object **object)
{
        json_object_put(*object);
}

static const struct {
        const char *key;
        size_t offset;
} numbers[] = {
        { "blocks", offsetof(struct history_job, blocks) },
        { "pages_moved", offsetof(struct history_job, pages_moved) },
        { "pages_dropped", offsetof(struct history_job, pages_dropped) },
        { "usec", offsetof(struct history_job, usec) },
};

static const struct {
        const char *key;
        size_t offset;
} flags[] = {
        { "fenced", offsetof(struct history_job, fenced) },
        { "bounded", offsetof(struct history_job, bounded) },
};

static bool parse_line(const char *line, struct history_job *job)
{
        _cleanup_(json_putp) json_object *object = json_tokener_parse(line);
        json_object *value;

        *job = (struct history_job){ 0 };
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                if (!json_object_object_get_ex(object, numbers[i].key, &value) ||
                    !json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
                        return false;
                *(uint64_t *) ((char *) job + numbers[i].offset) = json_object_get_uint64(value);
        }
        for (size_t i = 0; i < ELEMENTSOF(flags); i++) {
                if (!json_object_object_get_ex(object, flags[i].key, &value) ||
                    !json_object_is_type(value, json_type_boolean))
                        return false;
                *(bool *) ((char *) job + flags[i].offset) = json_object_get_boolean(value);
        }
        return true;
}

static char *format_line(const struct history_job *job)
{
        _cleanup_(json_putp) json_object *object = json_object_new_object();
        char *line;

        if (!object)
                return NULL;
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                json_object_object_add(object, numbers[i].key,
                                       json_object_new_uint64(*(const uint64_t *) ((const char *) job +
                                                                                   numbers[i].offset)));
        for (size_t i = 0; i < ELEMENTSOF(flags); i++)
                json_object_object_add(
                        object, flags[i].key,
                        json_object_new_boolean(*(const bool *) ((const char *) job + flags[i].offset)));
        if (asprintf(&line, "%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN)) < 0)
                return NULL;
        return line;
}

static void add(struct history *history, const struct history_job *job)
{
        if (history->n_jobs == HISTORY_MAX) {
                memmove(&history->jobs[0], &history->jobs[1], (HISTORY_MAX - 1) * sizeof(*job));
                history->n_jobs--;
        }
        history->jobs[history->n_jobs++] = *job;
}

/* Returns how many lines the file has; -1: what is in it cannot be added to. */
static int read_lines(int directory_fd, const char *path, struct history *ret)
{
        _cleanup_free_ char *text = NULL;
        char *save = NULL;
        size_t size = 0;
        struct stat st;
        bool whole;
        int n = 0;

        *ret = (struct history){ 0 };
        text = file_read(directory_fd, path, HISTORY_TEXT_MAX, &size);
        if (text)
                whole = size == 0 || text[size - 1] == '\n';
        else
                /* too long: not our doing, but not to be made longer */
                whole = fstatat(directory_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
                        st.st_size < (off_t) HISTORY_TEXT_MAX;
        for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
                struct history_job job;

                n++;
                if (parse_line(line, &job))
                        add(ret, &job);
        }
        return whole ? n : -1;
}

void history_read(int directory_fd, const char *path, struct history *ret)
{
        (void) read_lines(directory_fd, path, ret);
}

/* Aside first: a reader, or a crash, finds the old file or the new one. */
static int write_anew(int directory_fd, const char *path, const struct history *history)
{
        _cleanup_free_ char *aside = NULL;
        _cleanup_close_ int fd = -1;
        int r = 0;

        if (asprintf(&aside, "%s.new", path) < 0) {
                aside = NULL;
                return -ENOMEM;
        }
        fd = openat(directory_fd, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0)
                return -errno;
        for (size_t i = 0; r >= 0 && i < history->n_jobs; i++) {
                _cleanup_free_ char *line = format_line(&history->jobs[i]);

                r = line ? file_write(fd, line, strlen(line)) : -ENOMEM;
        }
        if (r >= 0 && renameat(directory_fd, aside, directory_fd, path) < 0)
                r = -errno;
        if (r < 0)
                (void) unlinkat(directory_fd, aside, 0);
        return r;
}

int history_add(int directory_fd, const char *path, const struct history_job *job)
{
        _cleanup_free_ char *line = format_line(job);
        _cleanup_close_ int fd = -1;
        struct history history;
        int n;

        if (!line)
                return -ENOMEM;
        n = read_lines(directory_fd, path, &history);
        if (n < 0 || n >= 2 * HISTORY_MAX) {
                add(&history, job);
                return write_anew(directory_fd, path, &history);
        }
        fd = openat(directory_fd, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
        return fd < 0 ? -errno : file_write(fd, line, strlen(line));
}
