/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the journals of a memctld that died. What is no journal is put aside, not removed: nothing is lost.
 */
#include "daemon/journal/journal_file.h"
#include "basic/file.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int add_problem(char **problems, const char *name, const char *message, const char *kept)
{
        char *more;

        if (asprintf(&more, "%s/" JOURNAL_DIRECTORY "/%s: %s; nothing is done for it, and it is %s%s\n",
                     *problems ? *problems : "", name, message, kept ? "kept as " : "left there",
                     kept ? kept : "") < 0)
                return -ENOMEM;
        free(*problems);
        *problems = more;
        return 0;
}

/* A person may want to see what it says. 0 or -ENOMEM. */
static int put_aside(int directory_fd, const char *name, const char *message, char **problems)
{
        char bad[NAME_MAX + 1];
        int r = -1;

        for (unsigned int n = 0; r < 0 && n < 1000; n++) {
                if ((size_t) snprintf(bad, sizeof(bad), n ? "%s" JOURNAL_BAD "%u" : "%s" JOURNAL_BAD, name,
                                      n) >= sizeof(bad))
                        break;
                r = renameat2(directory_fd, name, directory_fd, bad, RENAME_NOREPLACE);
                if (r < 0 && errno != EEXIST)
                        break;
        }
        return add_problem(problems, name, message, r < 0 ? NULL : bad);
}

/* 1: a file that may be a journal; 0: it is gone; -errno with *message set. */
static int check_file(int directory_fd, const char *name, struct journal *journal, char **message)
{
        struct stat status;

        /* looked at first: to open a device may be an order to it */
        if (fstatat(directory_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : fail(message, -errno, "%s", strerror(errno));
        if (!S_ISREG(status.st_mode))
                return fail(message, -EBADMSG, "accepted is a regular file");
        journal->fd = openat(directory_fd, name,
                             O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (journal->fd < 0 || fstat(journal->fd, &status) < 0)
                return errno == ENOENT ? 0 : fail(message, -errno, "%s", strerror(errno));
        if (status.st_nlink == 0)
                return 0;
        if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
            (status.st_mode & (S_IWGRP | S_IWOTH)) || status.st_nlink > 1)
                return fail(message, -EBADMSG,
                            "accepted is a file of user %u that nobody else may write to, with one name",
                            geteuid());
        return 1;
}

/* It may have ended while we waited for its lock, or have been replaced. */
static bool is_gone(const struct journal *journal)
{
        struct stat status;

        return fstat(journal->fd, &status) < 0 || status.st_nlink == 0;
}

/* What is torn at the end must not become part of the next line. */
static int cut_torn_line(struct journal *journal, const char *text, size_t size)
{
        while (size > 0 && text[size - 1] != '\n')
                size--;
        journal->size = size;
        return ftruncate(journal->fd, (off_t) size) < 0 ? -errno : 0;
}

/* 1: *found is one that nobody has; 0: it is somebody's, or gone; -EBADMSG or another -errno with *message
 * set. */
static int take_journal(struct journal *journal, struct journal_found *found, char **message)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r;

        r = check_file(journal->directory_fd, journal->name, journal, message);
        if (r <= 0)
                return r;
        r = journal_lock(journal->fd);
        if (r == -EAGAIN || is_gone(journal))
                return 0;
        if (r < 0)
                return fail(message, r, "cannot be locked: %s", strerror(-r));
        text = file_read_fd(journal->fd, JOURNAL_MAX, &size);
        if (!text)
                return fail(message, -EBADMSG, "cannot be read, or has more than %zu bytes", JOURNAL_MAX);
        r = journal_parse(text, size, found, message);
        return r < 0 ? r : cut_torn_line(journal, text, size) < 0 ? -EIO : 1;
}

static int look_at(int directory_fd, const char *name, struct journal_found *found, char **problems)
{
        _cleanup_(journal_closep) struct journal *journal = journal_new(directory_fd);
        _cleanup_free_ char *message = NULL;
        int r;

        if (!journal)
                return -ENOMEM;
        (void) snprintf(journal->name, sizeof(journal->name), "%s", name);
        r = take_journal(journal, found, &message);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return put_aside(directory_fd, name, message ? message : strerror(-r), problems);
        if (r > 0)
                found->journal = TAKE_PTR(journal);
        return r;
}

/* Begun by somebody who died before it had a name: its job has touched nothing. */
static void sweep(int directory_fd, const char *name)
{
        _cleanup_close_ int fd = -1;
        struct stat status;

        if (fstatat(directory_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode))
                return;
        fd = openat(directory_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd >= 0 && journal_lock(fd) >= 0)
                (void) unlinkat(directory_fd, name, 0);
}

static int is_candidate(const struct dirent *entry)
{
        return journal_is_name(entry->d_name) ||
               (entry->d_name[0] == '.' && strcmp(entry->d_name, ".") != 0 &&
                strcmp(entry->d_name, "..") != 0);
}

static int find_in(int directory_fd, struct journal_found **ret, size_t *ret_n, char **problems)
{
        struct dirent **names = NULL;
        int n = scandirat(directory_fd, ".", &names, is_candidate, alphasort), r = 0;

        if (n < 0)
                return -errno;
        *ret = calloc(n ? (size_t) n : 1, sizeof(**ret));
        if (!*ret)
                r = -ENOMEM;
        for (int i = 0; i < n; i++) {
                const char *name = names[i]->d_name;

                if (name[0] == '.')
                        sweep(directory_fd, name);
                else if (r >= 0) {
                        r = look_at(directory_fd, name, &(*ret)[*ret_n], problems);
                        *ret_n += r > 0;
                }
                free(names[i]);
        }
        free(names);
        return r < 0 ? r : 0;
}

int journal_find(int root_fd, struct journal_found **ret, size_t *ret_n, char **problems)
{
        _cleanup_free_ char *message = NULL;
        _cleanup_close_ int fd = -1;
        int r;

        *ret = NULL;
        *ret_n = 0;
        *problems = NULL;
        fd = journal_directory(root_fd, false, true, &message);
        if (fd < 0) {
                if (message && asprintf(problems, "%s\n", message) < 0)
                        *problems = NULL;
                return fd == -ENOENT ? 0 : fd;
        }
        r = find_in(fd, ret, ret_n, problems);
        journal_directory_unlock(fd);
        return r;
}
