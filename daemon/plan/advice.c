/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/advice.h"

#include <string.h>

enum movability class_movability(enum survey_source source, enum memctl_class class)
{
        switch (class) {
        case MEMCTL_CLASS_FREE:
        case MEMCTL_CLASS_LRU_FILE:
        case MEMCTL_CLASS_LRU_SHMEM:
        case MEMCTL_CLASS_LRU_ANON:
        case MEMCTL_CLASS_LRU_MLOCKED:
        case MEMCTL_CLASS_LRU_CACHED:
        case MEMCTL_CLASS_HUGETLB:
        case MEMCTL_CLASS_MOVABLE_OPS:
        case MEMCTL_CLASS_HWPOISON: /* stays behind, and does not keep its block */
        case MEMCTL_CLASS_MEMMAP:   /* goes with its block */
                return MOVABLE_YES;
        case MEMCTL_CLASS_OFFLINE: /* up to the driver that took it: virtio-mem gives it back, others do not
                                    */
                return MOVABLE_UNKNOWN;
        case MEMCTL_CLASS_OTHER:
                return source == SURVEY_MODULE ? MOVABLE_NO : MOVABLE_UNKNOWN;
        default:
                return MOVABLE_NO;
        }
}

const char *class_kind_name(enum survey_source source, enum memctl_class class)
{
        switch (class) {
        case MEMCTL_CLASS_FREE:
                return "free";
        case MEMCTL_CLASS_LRU_FILE:
        case MEMCTL_CLASS_LRU_SHMEM:
        case MEMCTL_CLASS_LRU_ANON:
        case MEMCTL_CLASS_LRU_MLOCKED:
        case MEMCTL_CLASS_LRU_CACHED:
                return "lru";
        case MEMCTL_CLASS_HUGETLB:
        case MEMCTL_CLASS_MOVABLE_OPS:
                return "non_lru_movable";
        default:
                return class_movability(source, class) == MOVABLE_NO ? "unmovable" : "";
        }
}

#define BIT(advice) (1U << (advice))

const char *advice_name(unsigned int advice)
{
        static const char *const names[_ADVICE_MAX] = {
                [ADVICE_STOP_PROCESS] = "stop_process",
                [ADVICE_UNLOCK] = "unlock",
                [ADVICE_RELEASE_BUFFER] = "release_buffer",
                [ADVICE_SWAP_OFF] = "swap_off",
                [ADVICE_UNLOAD_DRIVER] = "unload_driver",
                [ADVICE_FREE_HUGE_PAGES] = "free_huge_pages",
                [ADVICE_USE_MEMCTL] = "use_memctl",
                [ADVICE_RECLAIM] = "reclaim",
                [ADVICE_LOAD_MODULE] = "load_module",
                [ADVICE_KERNEL_ZONE] = "kernel_zone",
                [ADVICE_RETRY] = "retry",
                [ADVICE_WAIT_FOR_DRIVER] = "wait_for_driver",
                [ADVICE_CMA_AREA] = "cma_area",
                [ADVICE_SHRINK_DEVICE] = "shrink_device",
                [ADVICE_ONLINE_POLICY] = "online_policy",
        };

        return advice < _ADVICE_MAX ? names[advice] : NULL;
}

/* What the kernel calls pinned pages of processes and files; any other owner is a driver, by its name. */
static bool is_drivers(const char *owner)
{
        static const char *const words[] = { "anon", "shmem", "file", "hugetlb" };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (owner && strcmp(owner, words[i]) == 0)
                        return false;
        return owner != NULL;
}

/* Who maps pinned pages may let go of them by ending; those that nobody maps are held by something else. */
static unsigned int advise_pinned(const struct advice_facts *facts)
{
        unsigned int advice = 0;

        if (is_drivers(facts->owner))
                return BIT(ADVICE_WAIT_FOR_DRIVER) | BIT(ADVICE_RETRY);
        if (facts->mapped || !facts->searched)
                advice |= BIT(ADVICE_STOP_PROCESS);
        if (!facts->mapped)
                advice |= BIT(ADVICE_RELEASE_BUFFER);
        if (facts->owner && strcmp(facts->owner, "hugetlb") == 0)
                advice |= BIT(ADVICE_FREE_HUGE_PAGES);
        return advice | BIT(ADVICE_RETRY);
}

static unsigned int advise_other(const struct advice_facts *facts)
{
        unsigned int zone = facts->kernel_zone ? BIT(ADVICE_KERNEL_ZONE) : 0;
        unsigned int advice;

        if (facts->source != SURVEY_MODULE)
                return BIT(ADVICE_LOAD_MODULE) | BIT(ADVICE_RETRY) | zone;
        if (facts->mapped)
                return BIT(ADVICE_STOP_PROCESS) | BIT(ADVICE_USE_MEMCTL) | zone;
        if (!facts->owner)
                return BIT(ADVICE_UNLOAD_DRIVER) | BIT(ADVICE_RETRY) | zone;
        advice = BIT(ADVICE_UNLOAD_DRIVER) | BIT(ADVICE_USE_MEMCTL) | zone;
        if (facts->swap_on && (strcmp(facts->owner, "zsmalloc") == 0 || strcmp(facts->owner, "zram") == 0))
                advice |= BIT(ADVICE_SWAP_OFF);
        return advice;
}

static unsigned int advise(const struct advice_facts *facts)
{
        switch (facts->class) {
        case MEMCTL_CLASS_PINNED:
                return advise_pinned(facts);
        case MEMCTL_CLASS_LRU_MLOCKED:
                return BIT(ADVICE_UNLOCK);
        case MEMCTL_CLASS_SLAB:
                return BIT(ADVICE_RECLAIM) | (facts->kernel_zone ? BIT(ADVICE_KERNEL_ZONE) : 0);
        case MEMCTL_CLASS_PAGE_TABLE:
        case MEMCTL_CLASS_RESERVED:
                return BIT(ADVICE_KERNEL_ZONE);
        case MEMCTL_CLASS_OFFLINE:
                if (facts->virtio_mem)
                        return BIT(ADVICE_SHRINK_DEVICE);
                return BIT(ADVICE_UNLOAD_DRIVER) |
                       (facts->source != SURVEY_MODULE ? BIT(ADVICE_LOAD_MODULE) : 0);
        case MEMCTL_CLASS_CMA:
                return BIT(ADVICE_CMA_AREA);
        case MEMCTL_CLASS_OTHER:
                return advise_other(facts);
        default:
                return 0;
        }
}

/* Memory that was added to the running kernel is in one of its own zones because somebody put it online
 * there. */
unsigned int advice_give(const struct advice_facts *facts)
{
        unsigned int advice = advise(facts);

        return advice & BIT(ADVICE_KERNEL_ZONE) && facts->hotplugged ? advice | BIT(ADVICE_ONLINE_POLICY)
                                                                     : advice;
}
