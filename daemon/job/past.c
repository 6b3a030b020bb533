/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/past.h"

#include "basic/file.h"
#include "basic/message.h"
#include "daemon/job/past_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAST_TEXT_MAX ((size_t) 4 * 1024 * 1024)

/* Files that are looked at: more than a memctld keeps. */
#define PAST_FILES_MAX 256

static int open_folder(int root_fd, bool make)
{
        int fd;

        if (make) {
                (void) mkdirat(root_fd, "run/memctl", 0755);
                if (mkdirat(root_fd, PAST_DIRECTORY, 0700) < 0 && errno != EEXIST)
                        return -errno;
        }
        fd = openat(root_fd, PAST_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static void name_of(uint32_t id, char *name, size_t size)
{
        (void) snprintf(name, size, "%010" PRIu32, id); /* so that names sort as numbers */
}

int past_save(int root_fd, const struct job *job)
{
        _cleanup_close_ int folder = open_folder(root_fd, true), fd = -1;
        _cleanup_free_ char *text = past_text(job);
        char name[16], new[24];
        int r;

        if (!text)
                return -ENOMEM;
        if (folder < 0)
                return folder;
        name_of(job->id, name, sizeof(name));
        (void) snprintf(new, sizeof(new), ".%s", name);
        fd = openat(folder, new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        r = file_write(fd, text, strlen(text));
        if (r >= 0 && renameat(folder, new, folder, name) < 0)
                r = -errno;
        if (r < 0)
                (void) unlinkat(folder, new, 0);
        return r;
}

void past_forget(int root_fd, uint32_t id)
{
        _cleanup_close_ int folder = open_folder(root_fd, false);
        char name[16];

        if (folder < 0)
                return;
        name_of(id, name, sizeof(name));
        (void) unlinkat(folder, name, 0);
}

static int add_problem(char **problems, const char *name, const char *message)
{
        char *more;

        if (asprintf(&more, "%s/" PAST_DIRECTORY "/%s: %s\n", *problems ? *problems : "", name, message) < 0)
                return -ENOMEM;
        free(*problems);
        *problems = more;
        return 0;
}

static int is_candidate(const struct dirent *entry)
{
        return strlen(entry->d_name) == 10 && strspn(entry->d_name, "0123456789") == 10;
}

/* 1 with a job; 0: it has been named as a problem; or -ENOMEM. */
static int load(struct machine *machine, int folder, const char *name, job_changed_t changed, void *userdata,
                struct job **ret, char **problems)
{
        _cleanup_free_ char *text = file_read(folder, name, PAST_TEXT_MAX, NULL), *message = NULL;
        _cleanup_(job_freep) struct job *job = NULL;
        char right[16];
        int r;

        if (!text)
                return add_problem(problems, name, "cannot be read, or is too large");
        r = past_parse(machine, text, changed, userdata, &job, &message);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return add_problem(problems, name, message ? message : strerror(-r));
        name_of(job->id, right, sizeof(right));
        if (strcmp(name, right) != 0)
                return add_problem(problems, name, "is of another job than its name says");
        *ret = TAKE_PTR(job);
        return 1;
}

static int load_all(struct machine *machine, int folder, job_changed_t changed, void *userdata,
                    struct job **jobs, size_t *ret_n, char **problems)
{
        struct dirent **names = NULL;
        int n = scandirat(folder, ".", &names, is_candidate, alphasort), r = 0;

        if (n < 0)
                return -errno;
        for (int i = 0; i < n; i++) {
                if (r >= 0 && n - i <= PAST_FILES_MAX) { /* the newest */
                        r = load(machine, folder, names[i]->d_name, changed, userdata, &jobs[*ret_n],
                                 problems);
                        *ret_n += r > 0;
                }
                free(names[i]);
        }
        free(names);
        return r < 0 ? r : 0;
}

int past_load(struct machine *machine, job_changed_t changed, void *userdata, struct job ***ret,
              size_t *ret_n, char **problems)
{
        _cleanup_close_ int folder = open_folder(machine->tree->root_fd, false);
        struct job **jobs;
        int r;

        *ret = NULL;
        *ret_n = 0;
        *problems = NULL;
        if (folder < 0)
                return folder == -ENOENT ? 0 : folder;
        jobs = calloc(PAST_FILES_MAX, sizeof(struct job *));
        if (!jobs)
                return -ENOMEM;
        r = load_all(machine, folder, changed, userdata, jobs, ret_n, problems);
        *ret = jobs;
        return r;
}
