/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/journal/journal_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct journal *journal_new(int directory_fd)
{
        _cleanup_(journal_closep) struct journal *journal = calloc(1, sizeof(*journal));

        if (!journal)
                return NULL;
        journal->fd = journal->workers_fd = -1;
        journal->directory_fd = fcntl(directory_fd, F_DUPFD_CLOEXEC, 3);
        return journal->directory_fd < 0 ? NULL : TAKE_PTR(journal);
}

struct journal *journal_close(struct journal *journal)
{
        if (!journal)
                return NULL;

        closep(&journal->fd);
        closep(&journal->workers_fd);
        closep(&journal->directory_fd);
        free(journal);
        return NULL;
}
