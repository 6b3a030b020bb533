// SPDX-License-Identifier: GPL-2.0
/*
 * CMA areas as they are watched: what is noted of events in any order, and what of pages; why
 * allocations failed; how large an area would have had to be, beside what brute force finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cma.h"

#include "kernel/cma/running.h"
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

static unsigned int seed;

static unsigned long below(unsigned long n)
{
        seed = seed * 1103515245 + 12345;
        return (seed >> 8) % n;
}

/* By brute force: the first place in a plain array. */
static unsigned long place_in(const bool *taken, unsigned long size, unsigned long pages, unsigned long align,
                              unsigned long base)
{
        for (unsigned long at = 0; at + pages <= size; at++) {
                unsigned long free = 0;

                if ((base + at) % align)
                        continue;
                while (free < pages && !taken[at + free])
                        free++;
                if (free == pages)
                        return at;
        }
        return size;
}

static void test_fit(void **state)
{
        enum { SIZE = 200 };

        (void) state;
        seed = 1;
        for (int turn = 0; turn < 3000; turn++) {
                unsigned long map[BITS_TO_LONGS(SIZE)] = {}, base = below(64);
                unsigned long pages = 1 + below(40), align = 1UL << below(6);
                bool taken[SIZE] = {};

                for (unsigned long i = below(30); i; i--) {
                        unsigned long bit = below(SIZE);

                        taken[bit] = true;
                        __set_bit(bit, map);
                }
                assert_int_equal(memctl_map_fit(map, 0, SIZE, pages, align, base),
                                 place_in(taken, SIZE, pages, align, base));
        }
        assert_int_equal(memctl_map_fit((unsigned long[]){ 0 }, 0, 64, 64, 64, 0), 0);
        assert_int_equal(memctl_map_fit((unsigned long[]){ 0 }, 0, 64, 65, 1, 0), 64);
        assert_int_equal(memctl_map_fit((unsigned long[]){ 0 }, 0, 64, ULONG_MAX, 1UL << 46, 1), 64);
}

/* The area is as it should be: these pages are allocated, and each has a note, or none that was lost. */
static void assert_area(struct memctl_cma_area *area, const bool *taken, bool noted)
{
        unsigned long used = 0, pfn = 0, flags;
        const struct memctl_note *note;

        for (unsigned int i = 0; i < area->nr_ranges; i++) {
                for (pfn = area->ranges[i].start; pfn < area->ranges[i].end; pfn++) {
                        unsigned long bit = area->ranges[i].first + pfn - area->ranges[i].start;

                        assert_int_equal(test_bit(bit, area->bits.taken), taken[pfn]);
                        assert_false(test_bit(bit, area->bits.late));
                        used += taken[pfn];
                }
        }
        assert_int_equal(area->bits.used, used);
        pfn = 0;
        raw_spin_lock_irqsave(&area->lock, flags);
        while ((note = memctl_note_from(area, pfn))) {
                assert_true(note->pfn >= pfn && note->pages > 0);
                for (; pfn < note->pfn; pfn++)
                        assert_true(!noted || !taken[pfn]);
                for (; pfn < note->pfn + note->pages; pfn++)
                        assert_true(taken[pfn]);
        }
        raw_spin_unlock_irqrestore(&area->lock, flags);
        for (; pfn < SHIM_PAGES; pfn++)
                assert_true(!noted || !taken[pfn] || pfn >= CMA_SECOND);
}

/*
 * A kernel that tells of a release late, when the pages were given to others already, or in another
 * order: once all was told, the area is right.
 */
static void test_ghosts(void **state)
{
        enum { HELD = 64, LATE = 8 };
        static struct {
                unsigned long pfn, pages;
        } held[HELD], late[LATE];
        static bool taken[SHIM_PAGES], awaited[SHIM_PAGES];
        unsigned long overlaps = 0;

        (void) state;
        seed = 2;
        cma_begin();
        for (int turn = 0; turn < 40000; turn++) {
                unsigned long which = below(HELD), how = below(LATE);

                if (turn % 4000 == 3999) { /* all is told */
                        for (int i = 0; i < LATE; i++) {
                                if (late[i].pages)
                                        cma_events()->release(cma_name(0), late[i].pfn, late[i].pages);
                                late[i].pages = 0;
                        }
                        memset(awaited, 0, sizeof(awaited));
                        cma_work();
                        assert_area(cma_area(0), taken, true);
                } else if (late[how].pages) {
                        cma_events()->release(cma_name(0), late[how].pfn, late[how].pages);
                        memset(&awaited[late[how].pfn], 0, late[how].pages);
                        late[how].pages = 0;
                } else if (held[which].pages) { /* all of it, or what is at its end */
                        unsigned long pages = 1 + below(held[which].pages), pfn;
                        bool may = true;

                        pages = below(3) ? held[which].pages : pages;
                        pfn = held[which].pfn + held[which].pages - pages;
                        for (unsigned long i = 0; i < pages; i++) /* one is awaited of a page at most */
                                may &= !awaited[pfn + i];
                        if (!may)
                                continue;
                        memset(&taken[pfn], 0, pages);
                        memset(&awaited[pfn], 1, pages);
                        held[which].pages -= pages;
                        late[how].pfn = pfn;
                        late[how].pages = pages;
                } else {
                        unsigned long pages = 1 + below(50), order = below(5);
                        unsigned long at = place_in(&taken[CMA_FIRST], CMA_PAGES, pages, 1UL << order, CMA_FIRST);

                        if (at == CMA_PAGES)
                                continue;
                        held[which].pfn = CMA_FIRST + at;
                        held[which].pages = pages;
                        for (unsigned long i = 0; i < pages; i++)
                                overlaps += awaited[CMA_FIRST + at + i];
                        memset(&taken[CMA_FIRST + at], 1, pages);
                        cma_tell(0, CMA_FIRST + at, pages, order);
                        cma_work();
                }
        }
        assert_true(overlaps > 10000);
        assert_int_equal(cma_area(0)->counts.lost, 0);
        assert_int_equal(cma_area(0)->counts.failed, 0);
        cma_end();
}

/* Events that find no note: what they told is not lost, but for who it was. */
static void test_pool_is_dry(void **state)
{
        static bool taken[SHIM_PAGES];
        struct memctl_cma_area *area;
        unsigned long known = 0, found = 0, flags;
        const struct memctl_note *note;

        (void) state;
        cma_begin();
        area = cma_area(0);
        shim_memory_left = 0;
        for (unsigned long i = 0; i < 200; i++) {
                cma_tell(0, CMA_FIRST + 2 * i, 1, 0);
                taken[CMA_FIRST + 2 * i] = true;
        }
        assert_true(area->counts.lost > 100 && area->counts.lost < 200);
        assert_int_equal(area->counts.succeeded, 200);
        assert_area(area, taken, false);
        cma_work(); /* without memory still */
        assert_area(area, taken, false);
        cma_events()->release(cma_name(0), CMA_FIRST + 2 * 199, 1);
        taken[CMA_FIRST + 2 * 199] = false;
        shim_memory_left = -1;
        cma_tell(0, CMA_FIRST + 2 * 199, 1, 0);
        taken[CMA_FIRST + 2 * 199] = true;
        cma_work();
        assert_area(area, taken, true);
        raw_spin_lock_irqsave(&area->lock, flags);
        for (unsigned long pfn = 0; (note = memctl_note_from(area, pfn)); pfn = note->pfn + note->pages) {
                known += note->origin == MEMCTL_NOTE_EVENT;
                found += note->origin == MEMCTL_NOTE_LOST;
                assert_int_equal(note->who.pid, note->origin == MEMCTL_NOTE_EVENT ? 7 : 0);
        }
        raw_spin_unlock_irqrestore(&area->lock, flags);
        assert_int_equal(known + found, 200);
        assert_true(known > 10 && found > 100);
        assert_int_equal(area->counts.before, 0);
        cma_end();
}

static void busy(unsigned int nr, unsigned long pfn)
{
        cma_events()->busy(cma_name(nr), pfn);
}

static void test_running(void **state)
{
        static const char tasks[200];
        const struct memctl_cma_events *events;
        const void *self = shim_current;

        (void) state;
        cma_begin();
        events = cma_events();
        events->migrated(1000); /* of somebody who does not ask for any */
        for (int i = 0; i < 60; i++) {
                shim_current = &tasks[i];
                events->start(cma_name(0), 1, 0);
        }
        for (int i = 0; i < 60; i++) {
                shim_current = &tasks[i];
                busy(0, CMA_FIRST + i);
                events->migrated(10 + i);
                events->finish(cma_name(0), CMA_FIRST + i, 1, 0, 0);
        }
        assert_int_equal(cma_area(0)->counts.retried, 60);
        assert_int_equal(cma_area(0)->counts.migrated, 600 + 59 * 60 / 2);
        events->migrated(1000);
        assert_false(memctl_running_others(self, cma_area(0)));

        /* Of 200 at a time the last are known, and none is counted for another. */
        for (int i = 0; i < 200; i++) {
                shim_current = &tasks[i];
                events->start(cma_name(0), 1, 0);
        }
        assert_true(memctl_running_others(self, cma_area(0)));
        assert_false(memctl_running_others(self, cma_area(1)));
        for (int i = 0; i < 200; i++) {
                shim_current = &tasks[i];
                events->migrated(1);
                events->finish(cma_name(0), CMA_FIRST + 60 + i, 1, 0, 0);
        }
        assert_int_equal(cma_area(0)->counts.migrated, 600 + 59 * 60 / 2 + 64);
        assert_false(memctl_running_others(self, cma_area(0)));
        assert_int_equal(cma_area(0)->counts.succeeded, 260);
        assert_int_equal(cma_area(0)->bits.used, 260);
        shim_current = self;
        cma_end();
}

/* What is asked for, in order: an allocation with what it got, or a release. */
struct asked {
        unsigned long pages, align; /* 0: a release */
        int of;                     /* a release's allocation */
        bool failed;                /* for want of room in the area */
};

enum { ASKED = 400 };

/* Does all of it find room in an area of that size, by first fit? */
static bool suffices(const struct asked *trace, unsigned long size)
{
        static unsigned long places[ASKED];
        static bool taken[8192];

        memset(taken, 0, sizeof(taken));
        for (int i = 0; i < ASKED; i++) {
                if (!trace[i].pages) {
                        memset(&taken[places[trace[i].of]], 0, trace[trace[i].of].pages);
                        continue;
                }
                places[i] = place_in(taken, size, trace[i].pages, trace[i].align, 0);
                if (places[i] == size)
                        return false;
                if (!trace[i].failed)
                        memset(&taken[places[i]], 1, trace[i].pages);
        }
        return true;
}

static void test_needed(void **state)
{
        unsigned long above = 0, under = 0;

        (void) state;
        for (unsigned int nr = 0; nr < 20; nr++) {
                static struct asked trace[ASKED];
                static unsigned long places[ASKED];
                static bool taken[CMA_PAGES];
                int held[ASKED], nr_held = 0;
                unsigned long size = 1, most = 4 + 4 * nr;

                seed = 100 + nr;
                memset(taken, 0, sizeof(taken));
                cma_begin();
                for (int i = 0; i < ASKED; i++) {
                        trace[i] = (struct asked){ .pages = 1 + below(most), .align = 1UL << below(7) };
                        if (nr_held && below(100) < 45) {
                                int which = (int) below((unsigned long) nr_held);

                                trace[i] = (struct asked){ .of = held[which] };
                                held[which] = held[--nr_held];
                                memset(&taken[places[trace[i].of]], 0, trace[trace[i].of].pages);
                                cma_events()->release(cma_name(0), CMA_FIRST + places[trace[i].of],
                                                      trace[trace[i].of].pages);
                                continue;
                        }
                        places[i] = place_in(taken, CMA_PAGES, trace[i].pages, trace[i].align, CMA_FIRST);
                        trace[i].failed = places[i] == CMA_PAGES;
                        if (trace[i].failed) {
                                cma_tell_failed(0, trace[i].pages, (unsigned int) __builtin_ctzl(trace[i].align), -ENOMEM);
                        } else {
                                memset(&taken[places[i]], 1, trace[i].pages);
                                held[nr_held++] = i;
                                cma_tell(0, CMA_FIRST + places[i], trace[i].pages,
                                         (unsigned int) __builtin_ctzl(trace[i].align));
                        }
                        cma_work();
                }
                while (!suffices(trace, size))
                        size++;
                assert_int_equal(cma_area(0)->needed.pages, size);
                above += size > CMA_PAGES;
                under += size < CMA_PAGES;
                cma_end();
        }
        printf("# areas needed: %lu larger than that of the trace, %lu smaller\n", above, under);
        fflush(stdout);
        assert_true(above > 3 && under > 3);
}

/* More than there is anywhere, and than can be counted. */
static void test_needed_for_too_much(void **state)
{
        (void) state;
        cma_begin();
        cma_tell(0, CMA_FIRST, 3, 0);
        cma_tell_failed(0, 100 * CMA_PAGES, 4, -ENOMEM);
        assert_int_equal(cma_area(0)->needed.pages, 16 + 100 * CMA_PAGES);
        cma_tell_failed(0, totalram_pages() - 2, 0, -ENOMEM);
        assert_int_equal(cma_area(0)->needed.pages, 16 + 100 * CMA_PAGES);
        cma_tell_failed(0, ULONG_MAX, 0, -ENOMEM);
        assert_int_equal(cma_area(0)->needed.pages, 16 + 100 * CMA_PAGES);
        assert_int_equal(cma_area(0)->counts.by_order[MEMCTL_CMA_ORDERS - 1], 1);
        cma_end();
}

static void test_ring(void **state)
{
        struct memctl_cma_failure failure;
        u64 serial = 0, causes = 0;

        (void) state;
        cma_begin();
        assert_false(memctl_failure_from(0, &failure));
        for (int i = 0; i < 100; i++)
                cma_tell_failed(0, CMA_PAGES + 1 + i, 0, -ENOMEM);
        for (u64 at = 0; memctl_failure_from(at, &failure); at = failure.serial + 1, serial++) {
                assert_int_equal(failure.serial, 37 + serial);
                assert_int_equal(failure.pages, CMA_PAGES + failure.serial);
        }
        assert_int_equal(serial, MEMCTL_CMA_FAILURES_MAX);
        cma_told = 0;
        memctl_cma_tell();
        cma_work();
        assert_int_equal(cma_told, MEMCTL_CMA_EVENTS_MAX);
        assert_int_equal(cma_area(0)->counts.by_cause[MEMCTL_CMA_TOO_SMALL], MEMCTL_CMA_FAILURES_MAX);
        for (int i = 0; i <= MEMCTL_CMA_CAUSE_MAX; i++) /* those that went unjudged, too */
                causes += cma_area(0)->counts.by_cause[i];
        assert_int_equal(causes, 100);
        assert_int_equal(cma_area(0)->counts.failed, 100);
        jiffies += 2 * HZ;
        cma_tell_failed(0, CMA_PAGES + 1, 0, -ENOMEM);
        cma_work();
        assert_int_equal(cma_told, MEMCTL_CMA_EVENTS_MAX + 1);
        cma_end();
}

static enum memctl_cma_cause caused(unsigned int nr, unsigned long pages, unsigned int order, int error)
{
        cma_tell_failed(nr, pages, order, error);
        return cma_failed().cause;
}

static void test_causes_by_figures(void **state)
{
        static const char other;
        const void *self = shim_current;

        (void) state;
        cma_begin();
        assert_int_equal(caused(0, CMA_PAGES + 1, 0, -EBUSY), MEMCTL_CMA_TOO_SMALL);
        assert_int_equal(caused(1, 129, 0, -EBUSY), MEMCTL_CMA_WRONG_AREA);
        assert_ptr_equal(cma_failed().other, cma_area(0));
        assert_int_equal(caused(1, 65, 0, -EBUSY), MEMCTL_CMA_FRAGMENTED); /* it is in two ranges */
        assert_int_equal(caused(0, 8, 0, -ENOMEM), MEMCTL_CMA_NO_MEMORY);
        assert_int_equal(caused(0, 8, 0, -ENODATA), MEMCTL_CMA_NO_MEMORY);
        assert_int_equal(cma_failed().error, ENOMEM);
        assert_int_equal(caused(0, 8, 0, -EINTR), MEMCTL_CMA_INTERRUPTED);
        shim_killed = true;
        assert_int_equal(caused(0, 8, 0, -ENODATA), MEMCTL_CMA_INTERRUPTED);
        shim_killed = false;
        shim_current = &other; /* has all of it for a moment */
        cma_events()->start(cma_name(0), CMA_PAGES, 0);
        shim_current = self;
        assert_int_equal(caused(0, 8, 0, -ENOMEM), MEMCTL_CMA_TRANSIENT);
        shim_current = &other;
        cma_events()->finish(cma_name(0), CMA_FIRST, CMA_PAGES, 0, 0);
        shim_current = self;
        assert_int_equal(caused(0, 65, 0, -ENOMEM), MEMCTL_CMA_TOO_SMALL);
        assert_int_equal(caused(0, 64, 0, -ENOMEM), MEMCTL_CMA_WRONG_AREA);
        cma_events()->release(cma_name(0), CMA_FIRST + 1, 64);
        cma_events()->release(cma_name(0), CMA_FIRST + 66, 64);
        assert_int_equal(caused(0, 65, 0, -ENOMEM), MEMCTL_CMA_FRAGMENTED);
        assert_int_equal(caused(0, 64, 6, -ENOMEM), MEMCTL_CMA_FRAGMENTED); /* by its alignment */
        assert_int_equal(cma_failed().room.free, 128);
        assert_int_equal(cma_failed().room.longest, 64);
        assert_int_equal(cma_failed().room.runs, 2);

        /* A kernel that tells of no end when more is asked for than there is, and one that does. */
        cma_finishes = false;
        cma_events()->start(cma_name(0), CMA_PAGES + 1, 0);
        assert_int_equal(cma_failed().cause, MEMCTL_CMA_TOO_SMALL);
        assert_int_equal(cma_failed().serial, 13);
        cma_events()->finish(cma_name(0), 0, CMA_PAGES + 1, 0, -ENOMEM);
        assert_int_equal(cma_failed().serial, 13);
        cma_finishes = true;
        cma_end();
}

static enum memctl_cma_cause busy_at(unsigned long pfn)
{
        cma_events()->start(cma_name(0), 16, 0);
        busy(0, pfn);
        busy(0, pfn + 16);
        cma_events()->finish(cma_name(0), 0, 16, 0, -EBUSY);
        return cma_failed().cause;
}

static unsigned int looks;
static unsigned long passing;

/* The page is let go after it was looked at once. */
static void goes(unsigned long pfn)
{
        if (pfn == passing && ++looks > 1)
                cma_class[pfn] = MEMCTL_CLASS_LRU_ANON;
}

/* What was in a CPU's LRU cache is on its list then, and turns out to be pinned. */
static void drain(void)
{
        if (cma_class[CMA_FIRST + 20] == MEMCTL_CLASS_LRU_CACHED)
                cma_class[CMA_FIRST + 20] = MEMCTL_CLASS_PINNED;
}

static void test_causes_by_pages(void **state)
{
        (void) state;
        cma_begin();
        assert_int_equal(busy_at(CMA_FIRST), MEMCTL_CMA_TRANSIENT);
        assert_int_equal(cma_failed().pfn, 0);
        cma_class[CMA_FIRST + 20] = MEMCTL_CLASS_PINNED;
        cma_class[CMA_FIRST + 3] = MEMCTL_CLASS_LRU_ANON;
        assert_int_equal(busy_at(CMA_FIRST), MEMCTL_CMA_PINNED);
        assert_int_equal(cma_failed().pfn, CMA_FIRST + 20);
        assert_string_equal(cma_failed().page_owner, "anon");
        assert_int_equal(cma_failed().running.retried, 2);
        assert_int_equal(busy_at(CMA_FIRST + 40), MEMCTL_CMA_TRANSIENT); /* not where it was tried */
        cma_class[CMA_FIRST + 10] = MEMCTL_CLASS_OTHER;
        assert_int_equal(busy_at(CMA_FIRST), MEMCTL_CMA_UNMOVABLE);
        assert_int_equal(cma_failed().pfn, CMA_FIRST + 10);
        cma_tell(0, CMA_FIRST + 10, 1, 0); /* no: somebody was given it meanwhile */
        assert_int_equal(busy_at(CMA_FIRST), MEMCTL_CMA_PINNED);
        cma_class[CMA_FIRST + 20] = MEMCTL_CLASS_LRU_CACHED;
        assert_int_equal(busy_at(CMA_FIRST), MEMCTL_CMA_TRANSIENT);
        assert_int_equal(cma_failed().pfn, CMA_FIRST + 20);

        cma_drained = drain;
        assert_int_equal(busy_at(CMA_FIRST), MEMCTL_CMA_PINNED);
        assert_int_equal(cma_failed().pfn, CMA_FIRST + 20);

        /* One that is let go is no cause; behind it there is one. */
        passing = CMA_FIRST + 5;
        cma_before_look = goes;
        for (int behind = 0; behind < 2; behind++) {
                looks = 0;
                cma_class[passing] = MEMCTL_CLASS_PINNED;
                cma_class[CMA_FIRST + 20] = behind ? MEMCTL_CLASS_PINNED : MEMCTL_CLASS_FREE;
                assert_int_equal(busy_at(CMA_FIRST), behind ? MEMCTL_CMA_PINNED : MEMCTL_CMA_TRANSIENT);
                assert_int_equal(cma_failed().pfn, behind ? CMA_FIRST + 20 : 0);
        }
        cma_end();
}

static unsigned long scanned, last;

/* A page that processes are just given; what is allocated while it is looked for; and what is released after. */
static void passes(unsigned long pfn)
{
        if (pfn == CMA_FIRST + 300 && ++scanned == 2)
                cma_class[pfn] = MEMCTL_CLASS_LRU_ANON;
        if (pfn == CMA_FIRST && scanned == 0)
                cma_tell(0, CMA_FIRST + 400, 8, 0);
        if (pfn == CMA_FIRST + 501 && ++last == 3) /* the last look at the one before it is over */
                cma_events()->release(cma_name(0), CMA_FIRST + 500, 1);
}

static void test_before(void **state)
{
        static bool taken[SHIM_PAGES];
        const struct memctl_note *note;
        struct memctl_cma_area *area;
        unsigned long flags;

        (void) state;
        for (unsigned long pfn = CMA_FIRST + 8; pfn < CMA_FIRST + 40; pfn++)
                cma_class[pfn] = MEMCTL_CLASS_OTHER, taken[pfn] = true;
        for (unsigned long pfn = CMA_SECOND + 60; pfn < CMA_SECOND + 136; pfn++) /* over the hole */
                cma_class[pfn] = MEMCTL_CLASS_OTHER;
        cma_class[CMA_FIRST + 300] = MEMCTL_CLASS_OTHER;
        cma_class[CMA_FIRST + 50] = MEMCTL_CLASS_LRU_FILE;
        cma_class[CMA_FIRST + 51] = MEMCTL_CLASS_HWPOISON;
        for (unsigned long pfn = CMA_FIRST + 400; pfn < CMA_FIRST + 410; pfn++)
                cma_class[pfn] = MEMCTL_CLASS_OTHER, taken[pfn] = true;
        cma_class[CMA_FIRST + 500] = MEMCTL_CLASS_OTHER;
        cma_class[CMA_FIRST + 501] = MEMCTL_CLASS_OTHER, taken[CMA_FIRST + 501] = true;
        scanned = last = 0;
        cma_before_look = passes;
        cma_begin();
        area = cma_area(0);
        assert_area(area, taken, true);
        assert_int_equal(area->counts.before, 32 + 2 + 1);
        assert_int_equal(area->counts.unknown, 1);
        assert_int_equal(area->counts.peak, 43);
        assert_int_equal(cma_area(1)->bits.used, 4 + 8);
        assert_int_equal(cma_area(1)->counts.before, 12);
        raw_spin_lock_irqsave(&cma_area(1)->lock, flags);
        note = memctl_note_from(cma_area(1), CMA_SECOND + 64);
        raw_spin_unlock_irqrestore(&cma_area(1)->lock, flags);
        assert_non_null(note);
        assert_int_equal(note->pfn, CMA_SECOND + 128);

        /* Released in part; and some given to others, of which no release was heard. */
        cma_events()->release(cma_name(0), CMA_FIRST + 8, 10);
        memset(&taken[CMA_FIRST + 8], 0, 10);
        assert_area(area, taken, true);
        assert_int_equal(area->counts.before, 25);
        cma_tell(0, CMA_FIRST + 30, 4, 0);
        assert_area(area, taken, true);
        assert_int_equal(area->counts.before, 21);
        cma_events()->release(cma_name(0), CMA_FIRST + 30, 4);
        memset(&taken[CMA_FIRST + 30], 0, 4);
        assert_area(area, taken, true);
        cma_end();
}

/* Events that are of no area, or of pages that are in none: nothing comes of them. */
static void test_strange(void **state)
{
        static bool none[SHIM_PAGES];
        const struct memctl_cma_events *events;

        (void) state;
        cma_begin();
        events = cma_events();
        events->start("other", 4, 0);
        events->finish("other", CMA_FIRST, 4, 0, 0);
        events->start(NULL, 4, 0);
        events->release("other", CMA_FIRST, 4);
        cma_tell(0, CMA_FIRST - 1, 2, 0);
        cma_tell(0, CMA_FIRST + CMA_PAGES - 1, 2, 0);
        cma_tell(1, CMA_SECOND + 60, 8, 0);
        cma_tell(1, CMA_SECOND + 64, 8, 0);
        events->release(cma_name(0), CMA_FIRST, ULONG_MAX);
        events->release(cma_name(0), CMA_FIRST, 0);
        events->release(cma_name(0), CMA_FIRST, 8); /* was not allocated */
        cma_work();
        assert_area(cma_area(0), none, true);
        assert_int_equal(cma_area(0)->counts.succeeded + cma_area(1)->counts.succeeded, 0);
        assert_null(memctl_cma_area_named("not set up"));
        assert_ptr_equal(memctl_cma_area_named("area"), cma_area(0));
        cma_end();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fit),
                cmocka_unit_test(test_ghosts),
                cmocka_unit_test(test_pool_is_dry),
                cmocka_unit_test(test_running),
                cmocka_unit_test(test_needed),
                cmocka_unit_test(test_needed_for_too_much),
                cmocka_unit_test(test_ring),
                cmocka_unit_test(test_causes_by_figures),
                cmocka_unit_test(test_causes_by_pages),
                cmocka_unit_test(test_before),
                cmocka_unit_test(test_strange),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
