/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What operations share.
 */
#include "matrix/cell/operation.h"

#include "matrix/machine/place.h"

#include <stdarg.h>
#include <stdio.h>

void trial_not_tried(struct trial *trial, const char *format, ...)
{
        va_list ap;

        trial->evidence.ending = ENDING_NOT_TRIED;
        va_start(ap, format);
        (void) vsnprintf(trial->evidence.note, sizeof(trial->evidence.note), format, ap);
        va_end(ap);
}

void trial_note(struct trial *trial, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void) vsnprintf(trial->evidence.note, sizeof(trial->evidence.note), format, ap);
        va_end(ap);
}

size_t trial_aim(struct trial *trial, uint64_t start, uint64_t end)
{
        size_t n = 0;

        for (size_t i = 0; i < trial->n; i++) {
                trial->aimed[i] = trial->before[i].pfn >= start && trial->before[i].pfn < end;
                n += trial->aimed[i];
        }
        return n;
}

static size_t count_in(const struct trial *trial, uint64_t start, uint64_t end)
{
        size_t n = 0;

        for (size_t i = 0; i < trial->n; i++)
                n += trial->before[i].pfn >= start && trial->before[i].pfn < end;
        return n;
}

bool trial_most(const struct trial *trial, uint64_t pages, bool (*good)(uint64_t number), uint64_t *ret)
{
        uint64_t last = UINT64_MAX;
        size_t most = 0;

        for (size_t i = 0; i < trial->n; i++) {
                uint64_t number = trial->before[i].pfn / pages;
                size_t n;

                /* neighbours are in the same piece for the most part */
                if (trial->before[i].pfn == 0 || number == last)
                        continue;
                last = number;
                n = count_in(trial, number * pages, (number + 1) * pages);
                if (n > most && (!good || good(number))) {
                        most = n;
                        *ret = number * pages;
                }
        }
        return most > 0;
}

int trial_target(const struct trial *trial, int *ret_from)
{
        int from = place_home();

        for (size_t i = 0; i < trial->n; i++)
                if (trial->before[i].pfn > 0) {
                        from = place_node(trial->before[i].pfn);
                        break;
                }
        if (ret_from)
                *ret_from = from;
        /* that there was one when the run began was made sure of */
        return place_other(from) >= 0 ? place_other(from) : from;
}
