/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is alive: locks that belong to an open file, and so end with the last process that has it open. The
 * first byte of a journal is memctld's, the second its workers'. The directory has a lock of its own, held
 * for as long as it takes to look through it or to put a file into it.
 */
#include "daemon/journal/journal_file.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum { LOCK_DAEMON, LOCK_WORKERS };

/* A worker's end of the socket is descriptor 3: what it inherits must be none of the first. */
#define WORKERS_FD_LEAST 10

static int lock_byte(int fd, off_t byte)
{
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

        if (fcntl(fd, F_OFD_SETLK, &lock) >= 0)
                return 0;
        return errno == EACCES ? -EAGAIN : -errno;
}

int journal_lock(int fd)
{
        return lock_byte(fd, LOCK_DAEMON);
}

bool journal_is_locked(int fd)
{
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_DAEMON, .l_len = 1 };

        return fcntl(fd, F_OFD_GETLK, &lock) >= 0 && lock.l_type != F_UNLCK;
}

int journal_lock_workers(struct journal *journal)
{
        _cleanup_close_ int fd = -1;

        if (journal->workers_fd < 0) {
                fd = openat(journal->directory_fd, journal->name,
                            O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
                if (fd < 0)
                        return -errno;
                journal->workers_fd = fcntl(fd, F_DUPFD, WORKERS_FD_LEAST);
                if (journal->workers_fd < 0)
                        return -errno;
        }
        return lock_byte(journal->workers_fd, LOCK_WORKERS);
}

bool journal_workers_gone(struct journal *journal)
{
        return journal_lock_workers(journal) >= 0;
}

int journal_directory_lock(int directory_fd, bool wait)
{
        static const struct timespec pause = { .tv_nsec = JOURNAL_LOCK_USEC * 1000 };

        for (unsigned int i = 0; i < JOURNAL_LOCK_TRIES; i++) {
                if (flock(directory_fd, LOCK_EX | LOCK_NB) >= 0)
                        return 0;
                if (errno != EWOULDBLOCK && errno != EINTR)
                        return -errno;
                if (!wait)
                        break;
                (void) nanosleep(&pause, NULL);
        }
        return -EAGAIN;
}

void journal_directory_unlock(int directory_fd)
{
        (void) flock(directory_fd, LOCK_UN);
}

int journal_directory(int root_fd, bool make, bool wait, char **message)
{
        _cleanup_close_ int fd = -1;
        struct stat status;
        int r;

        if (make) {
                (void) mkdirat(root_fd, "run/memctl", 0755);
                (void) mkdirat(root_fd, JOURNAL_DIRECTORY, 0700);
        }
        fd = openat(root_fd, JOURNAL_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0 && errno == ENOENT && !make)
                return -ENOENT;
        if (fd < 0 || fstat(fd, &status) < 0)
                return fail(message, -errno, "/" JOURNAL_DIRECTORY ": %s", strerror(errno));
        if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)))
                return fail(message, -EPERM,
                            "/" JOURNAL_DIRECTORY
                            ": accepted is a folder of user %u that nobody else may write to",
                            geteuid());
        r = journal_directory_lock(fd, wait);
        if (r < 0)
                return fail(message, r, "/" JOURNAL_DIRECTORY ": another memctld keeps it locked");
        return TAKE_FD(fd);
}
