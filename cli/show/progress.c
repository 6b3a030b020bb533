/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/progress.h"

#include "cli/show/compact.h"
#include "cli/show/hugepages.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>

#define BAR_WIDTH 16

/* Where the terminal does not say. */
#define COLUMNS 80

static bool drawn;

void progress_clear(void)
{
        if (drawn)
                (void) fputs("\r\033[K", stderr);
        drawn = false;
}

static void put_bar(FILE *f, uint64_t done, uint64_t total)
{
        size_t filled = total > 0 && done <= total ? (size_t) (done * BAR_WIDTH / total) : 0;

        (void) fputs(" [", f);
        for (size_t i = 0; i < BAR_WIDTH; i++)
                (void) fputc(i < filled ? '#' : '.', f);
        (void) fputc(']', f);
}

static void put_pages(FILE *f, json_object *job)
{
        _cleanup_json_ json_object *in_use = value_number_or_null(job, "PagesInUse");
        uint64_t held = value_number(job, "PagesHeld");

        (void) fprintf(f, "  %" PRIu64, value_number(job, "PagesMigrated"));
        if (in_use)
                (void) fprintf(f, "/%" PRIu64, json_object_get_uint64(in_use));
        (void) fputs(" pages moved", f);
        /* later, blocks take what the fence holds in them */
        if (held > 0 && strcmp(value_text(job, "Stage"), "fencing") == 0)
                (void) fprintf(f, ", %" PRIu64 " held", held);
}

static void put_line(FILE *f, json_object *job, uint64_t elapsed_usec, bool bar)
{
        uint64_t total = value_number(job, "BlocksTotal"), done = value_number(job, "BlocksDone");
        uint64_t current = value_number(job, "CurrentBlock"), estimated = value_number(job, "EstimatedUSec");
        const char *stage = value_text(job, "Stage");

        (void) fprintf(f, "%s  %s", value_text(job, "Target"), *stage ? stage : value_text(job, "State"));
        if (json_object_object_get_ex(job, "CurrentBlock", NULL) && current != MEMCTL_NONE)
                (void) fprintf(f, " block %" PRIu64, current);
        if (compact_is_it(job)) {
                (void) fputs("  ", f);
                compact_put(f, job);
        } else if (hugepages_is_it(job)) {
                (void) fputs("  ", f);
                hugepages_put(f, job);
        }
        if (bar && total > 0)
                put_bar(f, done, total);
        if (total > 0) {
                (void) fprintf(f, " %" PRIu64 "/%" PRIu64 "%s", done, total, bar ? "" : " blocks");
                put_pages(f, job);
        }
        (void) fprintf(f, "  %" PRIu64, elapsed_usec / 1000000);
        if (estimated > 0)
                (void) fprintf(f, "/%" PRIu64, (estimated + 999999) / 1000000);
        (void) fputs(" s", f);
}

static char *make_line(json_object *job, uint64_t elapsed_usec, bool bar)
{
        char *text = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        put_line(f, job, elapsed_usec, bar);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

char *progress_text(json_object *job, uint64_t elapsed_usec, size_t columns)
{
        char *text = make_line(job, elapsed_usec, true);

        if (text && strlen(text) > columns) {
                free(text);
                text = make_line(job, elapsed_usec, false);
        }
        if (!text)
                return NULL;
        if (strlen(text) > columns)
                text[columns] = '\0';
        /* the target is what somebody asked for, and the line must stay one */
        for (char *c = text; *c; c++)
                if (*c < ' ' || *c > '~')
                        *c = '?';
        return text;
}

void progress_draw(json_object *job, uint64_t elapsed_usec)
{
        _cleanup_free_ char *text = NULL;
        struct winsize size;
        size_t columns = COLUMNS;

        if (!isatty(STDERR_FILENO) || strcmp(value_text(job, "State"), MEMCTL_JOB_FINISHED) == 0)
                return;
        if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                columns = size.ws_col;
        /* in the last column, the terminal may go to the next line */
        text = progress_text(job, elapsed_usec, columns - 1);
        if (!text)
                return;
        (void) fprintf(stderr, "\r\033[K%s", text);
        (void) fflush(stderr);
        drawn = true;
}
