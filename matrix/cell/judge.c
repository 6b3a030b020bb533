/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/cell/judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Slow is what takes so many times the usual, and long enough to be no accident of the machine's load. */
#define SLOW_TIMES   20
#define SLOW_SECONDS 1.0

const char *verdict_name(enum verdict verdict)
{
        static const char *const names[_VERDICT_MAX] = {
                [VERDICT_WORKS] = "works",
                [VERDICT_SPLITS] = "splits",
                [VERDICT_SLOW] = "slow",
                [VERDICT_FAILS] = "fails",
                [VERDICT_NOT_SUPPORTED] = "not_supported",
                [VERDICT_NOT_TRIED] = "not_tried",
        };

        return names[verdict];
}

static struct judgement __attribute__((format(printf, 3, 4)))
verdict(enum verdict verdict, int error, const char *format, ...)
{
        struct judgement judgement = { .verdict = verdict, .error = error };
        va_list ap;

        va_start(ap, format);
        (void) vsnprintf(judgement.note, sizeof(judgement.note), format, ap);
        va_end(ap);
        return judgement;
}

/* The operation ended; none of the pages moved. */
static struct judgement none_moved(const struct evidence *e)
{
        if (e->error == EOPNOTSUPP || e->error == ENOSYS)
                return verdict(VERDICT_NOT_SUPPORTED, e->error, "%s", e->note);
        return verdict(VERDICT_FAILS, e->error, "%s", e->note);
}

static struct judgement how_well(const struct evidence *e, double usual)
{
        uint32_t lost = e->folios - e->kept;

        if (e->unreadable > 0)
                return verdict(VERDICT_SPLITS, 0, "%u good pages were lost with it", e->unreadable);
        if (lost > 0)
                return verdict(VERDICT_SPLITS, 0, "%u of %u large folios lost their size%s%s", lost,
                               e->folios, *e->note ? "; " : "", e->note);
        if (usual > 0 && e->seconds > SLOW_SECONDS && e->seconds > usual * SLOW_TIMES)
                return verdict(VERDICT_SLOW, 0, "%.0f times as long as plain pages", e->seconds / usual);
        if (e->moved < e->pages)
                return verdict(VERDICT_WORKS, 0, "%u of %u pages%s%s", e->moved, e->pages,
                               *e->note ? "; " : "", e->note);
        return verdict(VERDICT_WORKS, 0, "%s", e->note);
}

struct judgement judge(const struct evidence *e, double usual)
{
        switch (e->ending) {
        case ENDING_NOT_SUPPORTED:
                return verdict(VERDICT_NOT_SUPPORTED, e->error, "%s", e->note);
        case ENDING_NOT_TRIED:
                return verdict(VERDICT_NOT_TRIED, 0, "%s", e->note);
        case ENDING_KILLED:
                return verdict(VERDICT_FAILS, ETIMEDOUT, "not at its end after %.0f s, and killed",
                               e->seconds);
        case ENDING_DIED:
                return verdict(VERDICT_FAILS, e->error, "the probe was ended by signal %u", e->signal);
        default:
                break;
        }
        if (e->changed > 0)
                return verdict(VERDICT_FAILS, e->error, "%u pages have another content", e->changed);
        if (e->pages == 0)
                return verdict(VERDICT_NOT_TRIED, 0, "%s", *e->note ? e->note : "it has no pages there");
        if (e->moved == 0)
                return none_moved(e);
        /* a few are an accident */
        if ((e->moved < e->pages && !e->partly) || UINT64_C(10) * e->moved < e->pages)
                return verdict(VERDICT_FAILS, e->error, "%u of %u pages moved%s%s", e->moved, e->pages,
                               *e->note ? "; " : "", e->note);
        return how_well(e, usual);
}
