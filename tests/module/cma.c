// SPDX-License-Identifier: GPL-2.0
#include "cma.h"

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "kernel/cma/holder.h"
#include "kernel/event.h"
#include "kernel/mm/lru_disable.h"
#include "kernel/survey/survey.h"

struct cma {
        char name[64];
        unsigned int nr_ranges;
        struct memctl_mm_cma_range ranges[2];
};

/* Not in order, and the second has the name of the first. */
static struct cma areas[] = {
        { "area", 2, { { CMA_SECOND, CMA_SECOND + 64 }, { CMA_SECOND + 128, CMA_SECOND + 192 } } },
        { "area", 1, { { CMA_FIRST, CMA_FIRST + CMA_PAGES } } },
        { "not set up", 0, { { 0, 0 } } },
};

enum memctl_class cma_class[SHIM_PAGES];
void (*cma_before_look)(unsigned long pfn);
void (*cma_drained)(void);
bool cma_finishes = true;
unsigned int cma_told;

struct workqueue_struct *memctl_queue;
const void *shim_current = &areas;
bool shim_killed;
unsigned long jiffies = 1000;

static const struct memctl_cma_events *events;
static struct work_struct *queued;

int memctl_mm_cma_each(int (*each)(struct cma *area, void *data), void *data)
{
        int ret = 0;

        for (size_t i = 0; i < sizeof(areas) / sizeof(*areas) && !ret; i++)
                ret = each(&areas[i], data);
        return ret;
}

const char *memctl_mm_cma_name(struct cma *area)
{
        return area->name;
}

unsigned int memctl_mm_cma_ranges(struct cma *area, struct memctl_mm_cma_range *ranges)
{
        memcpy(ranges, area->ranges, sizeof(area->ranges));
        return area->nr_ranges;
}

const char *memctl_mm_cma_refusal(void)
{
        return NULL;
}

bool memctl_mm_cma_finishes(void)
{
        return cma_finishes;
}

const char *memctl_mm_cma_listen(const struct memctl_cma_events *those)
{
        events = those;
        return NULL;
}

void memctl_mm_cma_deafen(void)
{
        events = NULL;
}

const char *memctl_mm_lru_refusal(void)
{
        return cma_drained ? NULL : "not on this kernel";
}

void memctl_mm_lru_disable(void)
{
        cma_drained();
}

void memctl_mm_lru_enable(void)
{
        run_check(cma_drained != NULL);
}

void memctl_classify(struct page *page, unsigned long pfn, struct memctl_look *look)
{
        run_check(page == &shim_pages[pfn]);
        if (cma_before_look)
                cma_before_look(pfn);
        *look = (struct memctl_look){
                .class = cma_class[pfn] ? cma_class[pfn] : MEMCTL_CLASS_FREE,
                .pages = 1,
                .keeps = cma_class[pfn] == MEMCTL_CLASS_OTHER || cma_class[pfn] == MEMCTL_CLASS_PINNED,
        };
}

bool memctl_owner_name(const struct memctl_look *look, char *name)
{
        if (look->class == MEMCTL_CLASS_PINNED)
                strcpy(name, "anon");
        return look->class == MEMCTL_CLASS_PINNED;
}

void memctl_cma_who_asks(struct memctl_cma_who *who)
{
        *who = (struct memctl_cma_who){ .pid = 7, .comm = "asker", .owner = "driver" };
}

void memctl_netlink_cma_failed(const struct memctl_cma_failure *failure)
{
        run_check(failure->judged && failure->serial);
        cma_told++;
}

void shim_queue_work(struct work_struct *work)
{
        queued = work;
}

void shim_flush_work(struct work_struct *work)
{
        run_check(!queued || queued == work);
        cma_work();
}

void cma_work(void)
{
        struct work_struct *work = queued;

        queued = NULL;
        if (work)
                work->func(work);
}

void cma_begin(void)
{
        run_check(memctl_cma_init() == 0);
        run_check(memctl_cma_refusal() == NULL);
        run_check(memctl_cma_nr_areas == 2);
}

void cma_end(void)
{
        memctl_cma_exit();
        run_check(!events);
        run_check(memctl_cma_nr_areas == 0);
        memset(cma_class, 0, sizeof(cma_class));
        cma_before_look = NULL;
        cma_drained = NULL;
}

const struct memctl_cma_events *cma_events(void)
{
        return events;
}

struct memctl_cma_area *cma_area(unsigned int nr)
{
        return &memctl_cma_areas[nr];
}

const char *cma_name(unsigned int nr)
{
        return areas[!nr].name;
}

void cma_tell(unsigned int nr, unsigned long pfn, unsigned long pages, unsigned int order)
{
        events->start(cma_name(nr), pages, order);
        events->finish(cma_name(nr), pfn, pages, order, 0);
}

void cma_tell_failed(unsigned int nr, unsigned long pages, unsigned int order, int error)
{
        events->start(cma_name(nr), pages, order);
        events->finish(cma_name(nr), 0, pages, order, error);
}

struct memctl_cma_failure cma_failed(void)
{
        struct memctl_cma_failure failure;

        cma_work();
        run_check(memctl_failure_from(memctl_failures_end() - 1, &failure));
        return failure;
}
