/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/cell/sample.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int sample_refuse(struct sample *sample, int error, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void) vsnprintf(sample->note, sizeof(sample->note), format, ap);
        va_end(ap);
        return error;
}

int sample_map(struct sample *sample, int fd, int protection, int flags)
{
        /* twice as much holds an aligned piece of it */
        unsigned char *room =
                mmap(NULL, 2 * sample->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        void *mapped;

        if (room == MAP_FAILED)
                return -errno;
        room += sample->size - (uintptr_t) room % sample->size;
        mapped = mmap(room, sample->size, protection, flags | MAP_FIXED, fd, 0);
        if (mapped == MAP_FAILED)
                return -errno;
        sample->memory = mapped;
        return 0;
}

/* The first words say which page it is; the rest does, too, and can be compressed. */
static uint64_t word(const struct sample *sample, size_t i, size_t j)
{
        uint64_t value = (i % sample->distinct + 1) * UINT64_C(0x9e3779b97f4a7c15);

        return j < 64 ? value ^ j * UINT64_C(0xff51afd7ed558ccd) : value;
}

void sample_pattern(const struct sample *sample, size_t i, unsigned char *page)
{
        for (size_t j = 0; j < sample->page_size / sizeof(uint64_t); j++) {
                uint64_t value = word(sample, i, j);

                memcpy(page + j * sizeof(value), &value, sizeof(value));
        }
}

void sample_fill(struct sample *sample)
{
        for (size_t i = 0; i < sample->n; i++)
                sample_pattern(sample, i, sample->memory + i * sample->page_size);
}

static sigjmp_buf no_page;

static void on_bus_error(int signal)
{
        siglongjmp(no_page, signal);
}

static bool same(const struct sample *sample, size_t i)
{
        const volatile uint64_t *page = (const void *) (sample->memory + i * sample->page_size);

        for (size_t j = 0; j < sample->page_size / sizeof(uint64_t); j++)
                if (page[j] != word(sample, i, j))
                        return false;
        return true;
}

/* 1: the page is what it was; 0: it is not; -EFAULT: it cannot be read. */
static int look(const struct sample *sample, size_t i)
{
        if (sigsetjmp(no_page, 1) != 0)
                return -EFAULT;
        return same(sample, i);
}

static void catch_bus_errors(struct sigaction *before)
{
        struct sigaction action = { .sa_handler = on_bus_error };

        (void) sigaction(SIGBUS, &action, before);
}

void sample_check(const struct sample *sample, const bool *skip, uint32_t *ret_changed,
                  uint32_t *ret_unreadable)
{
        struct sigaction before;

        catch_bus_errors(&before);
        for (size_t i = 0; i < sample->n; i++) {
                int r = skip && skip[i] ? 1 : look(sample, i);

                *ret_changed += r == 0;
                *ret_unreadable += r < 0;
        }
        (void) sigaction(SIGBUS, &before, NULL);
}

bool sample_readable(const struct sample *sample, size_t i)
{
        struct sigaction before;
        int r;

        catch_bus_errors(&before);
        r = look(sample, i);
        (void) sigaction(SIGBUS, &before, NULL);
        return r >= 0;
}

int sample_take_new(struct sample *sample, const uint64_t *before, size_t n_before, const uint64_t *after,
                    size_t n_after)
{
        size_t at = 0;

        sample->n_pfns = 0;
        sample->pfns = calloc(n_after + 1, sizeof(*sample->pfns));
        if (!sample->pfns)
                return -ENOMEM;
        for (size_t i = 0; i < n_after; i++) {
                while (at < n_before && before[at] < after[i])
                        at++;
                if (at == n_before || before[at] != after[i])
                        sample->pfns[sample->n_pfns++] = after[i];
        }
        return 0;
}
