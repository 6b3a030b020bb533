/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/matrix_run.h"

#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In a build tree the one beside this memctl, else the installed one. */
static const char *program(void)
{
        static char path[PATH_MAX + sizeof("/../matrix/memctl-matrix")];
        const char *wanted = secure_getenv("MEMCTL_MATRIX");
        char self[PATH_MAX], *slash;
        ssize_t n;

        if (wanted)
                return wanted;
        n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (n > 0) {
                self[n] = '\0';
                slash = strrchr(self, '/');
                if (slash)
                        *slash = '\0';
                (void) snprintf(path, sizeof(path), "%s/../matrix/memctl-matrix", self);
                if (access(path, X_OK) == 0)
                        return path;
        }
        return MEMCTL_MATRIX_PATH;
}

static int start_with(posix_spawn_file_actions_t *actions, const char *argument, int out, pid_t *ret)
{
        char *argv[] = { (char *) "memctl-matrix", (char *) argument, NULL };
        int r = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);

        return r != 0 ? -r : -posix_spawn(ret, program(), actions, NULL, argv, environ);
}

/* Its stdout, to be read. 0 or -errno. */
static int start(const char *argument, FILE **ret, pid_t *ret_pid)
{
        _cleanup_close_ int ours = -1, its = -1;
        posix_spawn_file_actions_t actions;
        int fds[2], r;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        ours = fds[0];
        its = fds[1];
        r = -posix_spawn_file_actions_init(&actions);
        if (r < 0)
                return r;
        r = start_with(&actions, argument, its, ret_pid);
        (void) posix_spawn_file_actions_destroy(&actions);
        if (r < 0) {
                complain("failed", "cannot start %s: %s", program(), strerror(-r));
                return r;
        }
        *ret = fdopen(ours, "r");
        if (!*ret)
                return -errno;
        (void) TAKE_FD(ours);
        return 0;
}

static int wait_for(pid_t pid)
{
        int status;

        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return EXIT_FAILED;
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

int matrix_say_plan(void)
{
        _cleanup_fclose_ FILE *f = NULL;
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        pid_t pid = -1;

        if (start("--plan", &f, &pid) < 0)
                return EXIT_FAILED;
        hint("this takes up to five minutes. For each kind of pages, in processes of their own, it");
        while (getline(&line, &size, f) > 0) {
                line[strcspn(line, "\n")] = '\0';
                hint("- %s", line);
        }
        hint("It changes settings of huge pages, KSM, zswap and DAMON meanwhile, loads modules that it "
             "needs, and puts all back. Ctrl-C ends it, and puts all back, too.");
        return wait_for(pid);
}

static json_object *now(void)
{
        time_t seconds = time(NULL);
        struct tm tm;
        char text[32];

        if (!gmtime_r(&seconds, &tm) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
                return NULL;
        return json_object_new_string(text);
}

/* One line: a cell, or the end, whose members are those of the answer. */
static void take_line(json_object *matrix, json_object *cells, const char *text)
{
        json_object *line = json_tokener_parse(text);

        if (line && json_object_object_get_ex(line, "operation", NULL)) {
                json_object_array_add(cells, line);
                return;
        }
        if (!line)
                return;
        json_object_object_foreach(line, key, value)
                json_object_object_add(matrix, key, json_object_get(value));
        json_object_put(line);
}

static void show_progress(const struct context *context, json_object *cells)
{
        size_t n = json_object_array_length(cells);
        json_object *last = n > 0 ? json_object_array_get_idx(cells, n - 1) : NULL;

        if (last && !context->quiet && isatty(STDERR_FILENO))
                (void) fprintf(stderr, "\r\033[K%s: %s", value_text(last, "kind"),
                               value_text(last, "operation"));
}

int matrix_run(const struct context *context, json_object **ret)
{
        _cleanup_json_ json_object *matrix = json_object_new_object();
        json_object *cells = json_object_new_array();
        _cleanup_fclose_ FILE *f = NULL;
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        pid_t pid = -1;
        int status;

        json_object_object_add(matrix, "cells", cells);
        json_object_object_add(matrix, "date", now());
        if (start(NULL, &f, &pid) < 0)
                return EXIT_FAILED;
        while (getline(&line, &size, f) > 0) {
                take_line(matrix, cells, line);
                show_progress(context, cells);
        }
        if (!context->quiet && isatty(STDERR_FILENO))
                (void) fputs("\r\033[K", stderr);
        status = wait_for(pid);
        if (status == EXIT_BUSY)
                complain("busy", "another run goes on");
        else if (status != EXIT_DONE && status != EXIT_NOT_PUT_BACK)
                complain("failed", "memctl-matrix ended with status %d before its end", status);
        else
                *ret = TAKE_PTR(matrix);
        return status;
}
