/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A verdict in words.
 */
#include "daemon/onlining/decide.h"

#include <inttypes.h>
#include <stdio.h>

#define MIB (UINT64_C(1) << 20)

const char online_kernel_warning[] =
        "memory that is brought online in a kernel zone does not come out again reliably: the kernel puts "
        "there what cannot be moved";

/* What rule or default say. */
static int put_wanted(const struct online_verdict *verdict, char *text, size_t size)
{
        if (verdict->rule)
                return snprintf(text, size, "rule \"%s\" (%s) says %s", verdict->rule->name,
                                verdict->rule->place, online_target_name(verdict->wanted));
        return snprintf(text, size, "no rule matches, and Zone= is %s", online_target_name(verdict->wanted));
}

void online_reason(const struct online_verdict *verdict, const struct new_memory *memory,
                   const struct online_machine *machine, const char *others,
                   char ret[static ONLINE_REASON_MAX])
{
        size_t n = (size_t) put_wanted(verdict, ret, ONLINE_REASON_MAX), left = ONLINE_REASON_MAX - n;
        char ratio[ONLINE_RATIO_TEXT_MAX];

        switch (verdict->why) {
        case WHY_OFF:
                (void) snprintf(ret + n, left, ", but Enabled=no");
                break;
        case WHY_OTHERS:
                (void) snprintf(ret + n, left,
                                ", but it is left to %.300s (Force=yes would act all the same)",
                                others ? others : "others");
                break;
        case WHY_SAME_DIMM:
                (void) snprintf(ret + n, left, ", but the DIMM's other blocks are in zone %s",
                                online_target_name(memory->others));
                break;
        case WHY_RATIO:
                online_ratio_text(verdict->ratio, ratio);
                (void) snprintf(ret + n, left,
                                ", but with it %" PRIu64 " MiB would be movable, and MovableRatio=%s of the "
                                "kernel's %" PRIu64 " MiB is %" PRIu64 " MiB",
                                (machine->movable_bytes + memory->new_bytes) / MIB, ratio,
                                machine->kernel_bytes / MIB,
                                online_most_movable(verdict->ratio, machine->kernel_bytes) / MIB);
                break;
        case WHY_NOT_POSSIBLE:
                (void) snprintf(ret + n, left, ", but the kernel does not offer that zone for all of it");
                break;
        case WHY_RULE:
        case WHY_DEFAULT:
        case _WHY_MAX:
                break;
        }
}
