/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctlds work on: the service, and any that a memctl has started for itself. One that has died counts
 * as well, until somebody has put back what it did.
 */
#include "basic/file.h"
#include "basic/message.h"
#include "basic/quote.h"
#include "daemon/journal/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int say_busy(const struct journal_found *found, const char *name, const char *what, char **message)
{
        char quoted[QUOTE_MAX];

        return fail(message, -EBUSY,
                    "%s is being worked on by another memctld (%s %s, /" JOURNAL_DIRECTORY "/%s)", what,
                    job_verb_name(found->verb), quote(found->target, quoted), name);
}

static int check(const struct journal_found *found, const char *name, const struct journal_claim *claim,
                 char **message)
{
        char what[80];
        uint32_t block;

        if (block_set_share(&found->blocks, claim->blocks, &block)) {
                (void) snprintf(what, sizeof(what), "block %" PRIu32, block);
                return say_busy(found, name, what, message);
        }
        if (claim->huge_page_size > 0 && found->huge_page_size == claim->huge_page_size) {
                (void) snprintf(what, sizeof(what), "the pool of huge pages of %" PRIu64 " KiB",
                                claim->huge_page_size >> 10);
                return say_busy(found, name, what, message);
        }
        return 0;
}

/* What is no journal, and nobody's, is for journal_find() to see to. */
static int look_at(int directory_fd, const char *name, const struct journal_claim *claim, char **message)
{
        _cleanup_(journal_found_clear) struct journal_found found = { 0 };
        _cleanup_free_ char *text = NULL, *why = NULL;
        _cleanup_close_ int fd = -1;
        bool is_alive;
        size_t size;
        int r;

        fd = openat(directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
                return 0;
        is_alive = journal_is_locked(fd);
        text = file_read_fd(fd, JOURNAL_MAX, &size);
        r = text ? journal_parse(text, size, &found, &why) : -EIO;
        if (r < 0)
                return !is_alive ? 0
                                 : fail(message, -EBUSY,
                                        "another memctld is at work, and its journal /" JOURNAL_DIRECTORY
                                        "/%s does not tell on "
                                        "what: %s",
                                        name, why ? why : strerror(-r));
        return check(&found, name, claim, message);
}

static int is_journal(const struct dirent *entry)
{
        return entry->d_type == DT_REG && journal_is_name(entry->d_name);
}

int journal_busy_in(int directory_fd, const struct journal_claim *claim, char **message)
{
        struct dirent **names = NULL;
        int n = scandirat(directory_fd, ".", &names, is_journal, alphasort), r = 0;

        if (n < 0)
                return fail(message, -errno, "/" JOURNAL_DIRECTORY ": %s", strerror(errno));
        for (int i = 0; i < n; i++) {
                if (r >= 0)
                        r = look_at(directory_fd, names[i]->d_name, claim, message);
                free(names[i]);
        }
        free(names);
        return r;
}

int journal_busy(int root_fd, const struct block_set *blocks, char **message)
{
        const struct journal_claim claim = { .blocks = blocks };
        _cleanup_close_ int fd = journal_directory(root_fd, false, false, message);
        int r;

        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        r = journal_busy_in(fd, &claim, message);
        journal_directory_unlock(fd);
        return r;
}
