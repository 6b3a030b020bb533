/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/boot_taken.h"

#include "daemon/plan/boot_size.h"

#include <string.h>

const char *boot_outcome_name(enum boot_outcome outcome)
{
        static const char *const names[_BOOT_OUTCOME_MAX] = {
                [BOOT_OUTCOME_NONE] = "none",           [BOOT_OUTCOME_PENDING] = "pending",
                [BOOT_OUTCOME_TAKEN] = "taken",         [BOOT_OUTCOME_PART] = "part",
                [BOOT_OUTCOME_NOT_TAKEN] = "not_taken",
        };

        return names[outcome];
}

static bool is_any_given(const struct cmdline *cmdline)
{
        return cmdline->cma.given || cmdline->pernuma_given || cmdline->numa_given || cmdline->hugetlb_given;
}

/* As the kernel does it. */
static uint64_t rounded(const struct boot_seen *seen, uint64_t bytes)
{
        uint64_t unit = seen->unit > 0 ? seen->unit : BOOT_UNIT_ASSUMED_BYTES, over = bytes % unit;

        return over > 0 && bytes <= UINT64_MAX - unit ? bytes - over + unit : bytes;
}

static void add_bytes(struct boot_reasons *reasons, enum boot_reason_code code, uint64_t bytes,
                      uint64_t other)
{
        uint64_t *figures = boot_reasons_add(reasons, code, NULL, NULL);

        figures[0] = bytes;
        figures[1] = other;
}

/* No area is there. */
static void tell_why(const struct boot_seen *seen, uint64_t bytes, struct boot_reasons *reasons)
{
        const struct cmdline_area *cma = &seen->booted.cma;

        if (bytes > seen->memory && seen->memory > 0)
                add_bytes(reasons, BOOT_OVER_MEMORY, bytes, seen->memory);
        else if (bytes > seen->limit && seen->limit > 0 && cma->end == 0)
                add_bytes(reasons, BOOT_OVER_LIMIT, bytes, seen->limit);
        else if (cma->start > 0)
                (void) boot_reasons_add(reasons, BOOT_FIXED_PLACE, NULL, cma->text);
        else if (seen->refused)
                add_bytes(reasons, BOOT_NO_RUN, bytes, 0);
        else
                add_bytes(reasons, BOOT_NO_AREA, bytes, 0);
}

/* Of cma= in /proc/cmdline. */
static enum boot_outcome judge(const struct boot_seen *seen, struct boot_reasons *reasons)
{
        const struct cmdline_area *cma = &seen->booted.cma;
        bool told = seen->default_bytes != BOOT_SEEN_NOT_TOLD;
        uint64_t bytes = rounded(seen, cma->size);
        /* without figures of each area, all of them together are what there is to go by */
        uint64_t there = told ? seen->default_bytes : seen->total == BOOT_SEEN_NOT_TOLD ? 0 : seen->total;

        if (!seen->cma) {
                (void) boot_reasons_add(reasons, BOOT_NO_CMA_HERE, NULL, seen->release);
                return BOOT_OUTCOME_NOT_TAKEN;
        }
        if (cma->malformed) {
                (void) boot_reasons_add(reasons, BOOT_MALFORMED, NULL, cma->text);
                if (bytes == 0)
                        return BOOT_OUTCOME_NOT_TAKEN;
        }
        if (there == bytes || (!told && bytes > 0 && there > bytes))
                return BOOT_OUTCOME_TAKEN;
        if (there > 0) {
                add_bytes(reasons, BOOT_PART, bytes, there);
                return BOOT_OUTCOME_PART;
        }
        tell_why(seen, bytes, reasons);
        return BOOT_OUTCOME_NOT_TAKEN;
}

enum boot_outcome boot_taken(const struct boot_seen *seen, struct boot_reasons *reasons)
{
        const struct cmdline *booted = &seen->booted, *applied = &seen->applied;

        *reasons = (struct boot_reasons){ 0 };
        if (is_any_given(applied) && seen->applied_in_this_boot) {
                (void) boot_reasons_add(reasons, BOOT_NOT_BOOTED, NULL, seen->applied_text);
                return BOOT_OUTCOME_PENDING;
        }
        if (is_any_given(applied) && applied->cma.given && !booted->cma.given) {
                (void) boot_reasons_add(reasons, BOOT_NOT_PASSED, NULL, seen->applied_text);
                return BOOT_OUTCOME_NOT_TAKEN;
        }
        if (applied->cma.given && applied->cma.size != booted->cma.size)
                (void) boot_reasons_add(reasons, BOOT_OTHER_VALUE, NULL, booted->cma.text);
        return booted->cma.given ? judge(seen, reasons) : BOOT_OUTCOME_NONE;
}
