/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/boot_reason.h"

#include "basic/cleanup.h"

#include <stdio.h>

static const struct {
        const char *name;
        const char *figures[BOOT_FIGURES_MAX + 1];
} codes[_BOOT_REASON_MAX] = {
        [BOOT_NEVER_RECORDED] = { "never_recorded", { NULL } },
        [BOOT_NO_REQUESTS] = { "no_requests", { "seconds" } },
        [BOOT_NEEDED] = { "needed", { "needed_bytes", "peak_bytes" } },
        [BOOT_FRAGMENTATION] = { "fragmentation", { "bytes" } },
        [BOOT_LARGEST] = { "largest_request", { "bytes", "align_bytes" } },
        [BOOT_ROUNDED_UP] = { "rounded_up", { "bytes", "unit_bytes" } },
        [BOOT_NO_HEADROOM] = { "no_headroom", { NULL } },
        [BOOT_FAILED_FOR_SIZE] = { "failed_for_size", { "count" } },
        [BOOT_FAILED_OTHERWISE] = { "failed_otherwise", { "count" } },
        [BOOT_ONLY_SAMPLED] = { "only_sampled", { "peak_bytes" } },
        [BOOT_FAILURES_NOT_SIZED] = { "failures_not_sized", { "count" } },
        [BOOT_SHORT_RECORD] = { "short_record", { "seconds" } },
        [BOOT_LOST_EVENTS] = { "lost_events", { "count" } },
        [BOOT_OTHER_AREA] = { "other_area", { "needed_bytes", "bytes" } },
        [BOOT_HUGETLB] = { "hugetlb", { "needed_bytes", "unit_bytes" } },
        [BOOT_PER_NODE] = { "per_node", { "nodes" } },
        [BOOT_NOTHING_TO_GIVE_BACK] = { "nothing_to_give_back", { NULL } },
        [BOOT_NO_CMA] = { "no_cma", { NULL } },
        [BOOT_MUCH] = { "much", { "bytes", "memory_bytes" } },
        [BOOT_TOO_MUCH] = { "too_much", { "bytes", "memory_bytes" } },
        [BOOT_UNIT_ASSUMED] = { "unit_assumed", { "unit_bytes" } },
        [BOOT_RECORD_BAD] = { "record_bad", { NULL } },
        [BOOT_NOT_BOOTED] = { "not_booted", { NULL } },
        [BOOT_NOT_PASSED] = { "not_passed", { NULL } },
        [BOOT_OTHER_VALUE] = { "other_value", { NULL } },
        [BOOT_MALFORMED] = { "malformed", { NULL } },
        [BOOT_OVER_MEMORY] = { "over_memory", { "bytes", "memory_bytes" } },
        [BOOT_OVER_LIMIT] = { "over_limit", { "bytes", "memory_bytes" } },
        [BOOT_FIXED_PLACE] = { "fixed_place", { NULL } },
        [BOOT_NO_RUN] = { "no_run", { "bytes" } },
        [BOOT_NO_CMA_HERE] = { "kernel_without_cma", { NULL } },
        [BOOT_NO_AREA] = { "no_area", { "bytes" } },
        [BOOT_PART] = { "part", { "bytes", "total_bytes" } },
};

const char *boot_reason_name(enum boot_reason_code code)
{
        return codes[code].name;
}

const char *const *boot_reason_figures(enum boot_reason_code code)
{
        return codes[code].figures;
}

uint64_t *boot_reasons_add(struct boot_reasons *list, enum boot_reason_code code, const char *area,
                           const char *text)
{
        static uint64_t nowhere[BOOT_FIGURES_MAX];
        struct boot_reason *reason;

        if (list->n == ELEMENTSOF(list->items))
                return nowhere;
        reason = &list->items[list->n++];
        *reason = (struct boot_reason){ .code = code };
        (void) snprintf(reason->area, sizeof(reason->area), "%s", area ? area : "");
        (void) snprintf(reason->text, sizeof(reason->text), "%s", text ? text : "");
        return reason->figures;
}
