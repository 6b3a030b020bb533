/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes journals.
 */
#include "daemon/journal/journal.h"

#include "daemon/core/crash.h"
#include "daemon/journal/journal_file.h"
#include "basic/file.h"
#include "basic/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* Takes the object over. All of it or nothing: the next line must not be the end of a torn one. */
static int write_line(struct journal *journal, json_object *object)
{
        const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
        _cleanup_free_ char *line = NULL;
        int n, r;

        if (!object || !text || (n = asprintf(&line, "%s\n", text)) < 0) {
                line = NULL;
                json_object_put(object);
                return -ENOMEM;
        }
        json_object_put(object);
        if (journal->broken)
                return -EIO;
        if ((size_t) n >= JOURNAL_MAX - journal->size)
                return -EFBIG;
        r = file_write(journal->fd, line, (size_t) n);
        if (r < 0)
                journal->broken = ftruncate(journal->fd, (off_t) journal->size) < 0;
        else
                journal->size += (size_t) n;
        return r;
}

/* A file that nobody looks at yet, locked; the name it will have is nobody's: pids and job numbers come
 * again. */
static int create(struct journal *journal, uint32_t id)
{
        int r = -EEXIST;

        for (unsigned int n = 0; r == -EEXIST && n < 1000; n++) {
                (void) snprintf(journal->name, sizeof(journal->name), ".%d-%u-%u", getpid(), id, n);
                if (faccessat(journal->directory_fd, journal->name + 1, F_OK, AT_SYMLINK_NOFOLLOW) >= 0)
                        continue;
                journal->fd = openat(journal->directory_fd, journal->name,
                                     O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
                r = journal->fd < 0 ? -errno : 0;
        }
        if (r >= 0)
                r = journal_lock(journal->fd);
        return r < 0 ? r : journal_lock_workers(journal);
}

/* Nothing is begun that the next memctld could not read. */
static int write_heading(struct journal *journal, const struct journal_entry *entry, char **message)
{
        _cleanup_(journal_found_clear) struct journal_found found = { 0 };
        json_object *heading = journal_heading(entry);
        int r = heading ? journal_read_heading(heading, &found, message) : -ENOMEM;

        if (r >= 0)
                return write_line(journal, heading);
        json_object_put(heading);
        return r;
}

/* The heading, and what is done already. */
static int write_beginning(struct journal *journal, const struct journal_entry *entry, char **message)
{
        int r = write_heading(journal, entry, message);

        for (size_t i = 0; r >= 0 && i < entry->n_done; i++)
                r = write_line(journal, journal_line(entry->steps[i].zone == ZONE_NONE ? JOURNAL_ONLINED
                                                                                     : JOURNAL_OFFLINED,
                                                     entry->steps[i].block));
        return r;
}

/* Whole before it has its name: a journal that can be seen tells all that there is to it. */
static int put(struct journal *journal, const struct journal_entry *entry, const char *replaces,
               char **message)
{
        const char *name = replaces ? replaces : journal->name + 1;
        int r;

        r = create(journal, entry->id);
        if (r >= 0)
                r = write_beginning(journal, entry, message);
        crash_at(CRASH_JOURNAL);
        if (r >= 0 && renameat(journal->directory_fd, journal->name, journal->directory_fd, name) < 0)
                r = -errno;
        if (r < 0) {
                if (journal->fd >= 0)
                        (void) unlinkat(journal->directory_fd, journal->name, 0);
                return r;
        }
        memmove(journal->name, name, strlen(name) + 1);
        return 0;
}

/* The directory's lock is held, which its descriptor and that of the journal share. */
static int begin(int directory_fd, const struct journal_entry *entry, const char *replaces,
                 struct journal **ret, char **message)
{
        _cleanup_(journal_closep) struct journal *journal = journal_new(directory_fd);
        _cleanup_free_ char *why = NULL;
        int r = journal ? put(journal, entry, replaces, &why) : -ENOMEM;

        if (r < 0)
                return fail(message, r, "/" JOURNAL_DIRECTORY ": no journal can be written: %s",
                            why ? why : strerror(-r));
        *ret = TAKE_PTR(journal);
        return 0;
}

int journal_begin(int root_fd, const struct journal_entry *entry, struct journal **ret, char **message)
{
        const struct journal_claim claim = { entry->blocks, entry->huge_page_size };
        _cleanup_close_ int fd = journal_directory(root_fd, true, false, message);
        int r;

        if (fd < 0)
                return fd;
        r = journal_busy_in(fd, &claim, message);
        if (r >= 0)
                r = begin(fd, entry, NULL, ret, message);
        journal_directory_unlock(fd);
        return r;
}

int journal_renew(struct journal **journal, const struct journal_entry *entry, char **message)
{
        struct journal *old = *journal;
        int r;

        r = journal_directory_lock(old->directory_fd, false);
        if (r < 0)
                return fail(message, r, "/" JOURNAL_DIRECTORY ": another memctld keeps it locked");
        r = begin(old->directory_fd, entry, old->name, journal, message);
        journal_directory_unlock(old->directory_fd);
        if (r >= 0)
                journal_close(old);
        return r;
}

int journal_mark(struct journal *journal, enum journal_mark mark, uint32_t block)
{
        return write_line(journal, journal_line(mark, block));
}

int journal_mark_pool(struct journal *journal, int node, uint64_t from, uint64_t to)
{
        const uint64_t numbers[] = { from, to };

        return write_line(journal, journal_pool_line(JOURNAL_POOL, node, numbers, 2));
}

int journal_mark_pooled(struct journal *journal, int node, uint64_t number)
{
        return write_line(journal, journal_pool_line(JOURNAL_POOLED, node, &number, 1));
}

struct journal *journal_end(struct journal *journal)
{
        if (journal)
                (void) unlinkat(journal->directory_fd, journal->name, 0);
        return journal_close(journal);
}
