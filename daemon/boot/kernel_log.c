/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/kernel.h"

#include "basic/printable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

/* What the kernel says of areas comes first in a boot: nobody reads a log of weeks for it. */
#define ENTRIES_MAX 20000

static bool begins(const char *text, const char *with)
{
        return strncmp(text, with, strlen(with)) == 0;
}

void boot_lines_add(struct boot_lines *lines, const char *message)
{
        static const char *const refusals[] = { "Failed to reserve",  "exceeds limit",
                                                "must be aligned",    "could not be activated",
                                                "reservation failed", "on low/high memory boundary",
                                                "Not enough slots" };
        char *line;

        if (!begins(message, "cma:") && !begins(message, "hugetlb_cma:") &&
            !strstr(message, "CMA memory pool") && !strstr(message, "cmdline CMA params"))
                return;
        /* of allocations: these are told of elsewhere */
        if (strstr(message, "alloc failed") || strstr(message, "number of available pages"))
                return;
        for (size_t i = 0; i < ELEMENTSOF(refusals); i++)
                lines->refused |= strstr(message, refusals[i]) != NULL;
        if (lines->n == BOOT_LINES_MAX)
                return;
        line = lines->items[lines->n++];
        printable_copy(line, BOOT_LINE_MAX, message, strlen(message));
}

/* Records: "6,339,5140900,-;cma: Reserved 64 MiB", and lines of their own for a device, which begin blank.
 */
static void take_records(char *text, struct boot_lines *lines)
{
        char *save = NULL;

        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                char *message = line[0] == ' ' ? NULL : strchr(line, ';');

                if (message)
                        boot_lines_add(lines, message + 1);
        }
}

/* The device gives a record a read; a file, as trees have, as much as there is room for. */
static bool read_kmsg(int root_fd, struct boot_lines *lines)
{
        _cleanup_close_ int fd = openat(root_fd, "dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        static char record[64 * 1024];

        if (fd < 0)
                return false;
        for (size_t i = 0; i < ENTRIES_MAX; i++) {
                ssize_t n = read(fd, record, sizeof(record) - 1);

                if (n < 0 && (errno == EPIPE || errno == EINTR)) /* overwritten meanwhile: the next one */
                        continue;
                if (n <= 0)
                        break;
                record[n] = '\0';
                take_records(record, lines);
        }
        return true;
}

static void read_entry(sd_journal *journal, struct boot_lines *lines)
{
        static const char field[] = "MESSAGE=";
        char message[BOOT_LINE_MAX];
        const void *data;
        size_t n;

        if (sd_journal_get_data(journal, "MESSAGE", &data, &n) < 0 || n < sizeof(field) - 1)
                return;
        n -= sizeof(field) - 1;
        (void) snprintf(message, sizeof(message), "%.*s", (int) (n < sizeof(message) ? n : sizeof(message)),
                        (const char *) data + sizeof(field) - 1);
        boot_lines_add(lines, message);
}

/* A service without the kernel's log has this. */
static void read_journal(struct boot_lines *lines)
{
        char boot[sizeof("_BOOT_ID=") + SD_ID128_STRING_MAX], id[SD_ID128_STRING_MAX];
        sd_journal *journal = NULL;
        sd_id128_t this;

        if (sd_id128_get_boot(&this) < 0 || sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY) < 0)
                return;
        (void) snprintf(boot, sizeof(boot), "_BOOT_ID=%s", sd_id128_to_string(this, id));
        if (sd_journal_add_match(journal, "_TRANSPORT=kernel", 0) >= 0 &&
            sd_journal_add_match(journal, boot, 0) >= 0 && sd_journal_seek_head(journal) >= 0)
                for (size_t i = 0; i < ENTRIES_MAX && sd_journal_next(journal) > 0; i++)
                        read_entry(journal, lines);
        sd_journal_close(journal);
}

void boot_lines_read(const struct tree *tree, struct boot_lines *ret)
{
        *ret = (struct boot_lines){ 0 };
        if (!read_kmsg(tree->root_fd, ret) && tree->live)
                read_journal(ret);
}
