/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/boot_size.h"

#include "basic/message.h"
#include "basic/saturated.h"
#include "daemon/machine/cmdline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/memctl.h>

#define DAY_SECONDS UINT64_C(86400)

/* A comma, a node of four digits at most, a colon, and all digits of 64 bits; and the names before them. */
_Static_assert(CMA_DEMAND_AREAS_MAX *(1 + 4 + 1 + 20) + 128 <= BOOT_COMMAND_LINE_MAX,
               "an area that is noted finds room on the command line");

static const char *const cause_names[MEMCTL_CMA_CAUSE_MAX + 1] = {
        [MEMCTL_CMA_UNKNOWN] = "unknown",       [MEMCTL_CMA_INTERRUPTED] = "interrupted",
        [MEMCTL_CMA_TOO_SMALL] = "too_small",   [MEMCTL_CMA_WRONG_AREA] = "wrong_area",
        [MEMCTL_CMA_FRAGMENTED] = "fragmented", [MEMCTL_CMA_PINNED] = "pinned",
        [MEMCTL_CMA_UNMOVABLE] = "unmovable",   [MEMCTL_CMA_TRANSIENT] = "transient",
        [MEMCTL_CMA_NO_MEMORY] = "no_memory",
};

/* A larger area is what helps against these. */
static bool is_for_size(unsigned int cause)
{
        return cause == MEMCTL_CMA_TOO_SMALL || cause == MEMCTL_CMA_FRAGMENTED ||
               cause == MEMCTL_CMA_WRONG_AREA;
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
        uint64_t over = unit > 0 ? bytes % unit : 0;

        return over > 0 ? add_saturated(bytes, unit - over) : bytes;
}

static bool has_number_behind(const char *name, const char *prefix, uint32_t *ret)
{
        size_t n = strlen(prefix),
               digits = strspn(name + (strncmp(name, prefix, n) == 0 ? n : 0), "0123456789");

        if (strncmp(name, prefix, n) != 0 || digits == 0 || digits > 4 || name[n + digits] != '\0')
                return false;
        *ret = (uint32_t) strtoul(name + n, NULL, 10);
        return true;
}

bool boot_area_is_default(const char *name)
{
        return strcmp(name, BOOT_AREA_ALL) == 0 || strcmp(name, "reserved") == 0 ||
               strcmp(name, "default-pool") == 0 || strcmp(name, "default_cma_region") == 0 ||
               strncmp(name, "linux,cma", 9) == 0;
}

static void tell_failures(const struct cma_demand_area *area, struct boot_reasons *reasons)
{
        uint64_t for_size = 0;

        if (!area->exact) {
                if (area->failed > 0)
                        boot_reasons_add(reasons, BOOT_FAILURES_NOT_SIZED, area->name, NULL)[0] =
                                area->failed;
                return;
        }
        for (unsigned int cause = 0; cause <= MEMCTL_CMA_CAUSE_MAX; cause++)
                if (is_for_size(cause))
                        for_size = add_saturated(for_size, area->by_cause[cause]);
        if (for_size > 0)
                boot_reasons_add(reasons, BOOT_FAILED_FOR_SIZE, area->name, NULL)[0] = for_size;
        for (unsigned int cause = 0; cause <= MEMCTL_CMA_CAUSE_MAX; cause++)
                if (!is_for_size(cause) && area->by_cause[cause] > 0)
                        boot_reasons_add(reasons, BOOT_FAILED_OTHERWISE, area->name, cause_names[cause])[0] =
                                area->by_cause[cause];
}

/* What the area should have, before it is rounded. Of samples nothing less than what it has can be said. */
static uint64_t needed(const struct cma_demand_area *area)
{
        if (area->exact)
                return area->needed > area->peak ? area->needed : area->peak;
        return area->requests == 0 && area->peak == 0 ? 0
               : area->size > area->peak              ? area->size
                                                      : area->peak;
}

/* Says why, and returns the size. */
static uint64_t size_area(const struct cma_demand_area *area, uint64_t unit, struct boot_reasons *reasons)
{
        uint64_t bytes = needed(area), rounded = round_up(bytes, unit), *figures;

        if (bytes == 0)
                return 0;
        if (!area->exact)
                boot_reasons_add(reasons, BOOT_ONLY_SAMPLED, area->name, NULL)[0] = area->peak;
        else {
                figures = boot_reasons_add(reasons, BOOT_NEEDED, area->name, NULL);
                figures[0] = bytes;
                figures[1] = area->peak;
                if (bytes > area->peak && area->failed == 0)
                        boot_reasons_add(reasons, BOOT_FRAGMENTATION, area->name, NULL)[0] =
                                bytes - area->peak;
                if (area->largest > 0) {
                        figures = boot_reasons_add(reasons, BOOT_LARGEST, area->name, NULL);
                        figures[0] = area->largest;
                        figures[1] = area->align;
                }
        }
        tell_failures(area, reasons);
        if (area->lost > 0)
                boot_reasons_add(reasons, BOOT_LOST_EVENTS, area->name, NULL)[0] = area->lost;
        if (rounded != bytes) {
                figures = boot_reasons_add(reasons, BOOT_ROUNDED_UP, area->name, NULL);
                figures[0] = rounded;
                figures[1] = unit;
        }
        return rounded;
}

static void __attribute__((format(printf, 2, 3))) append(struct boot_size *size, const char *format, ...)
{
        size_t n = strlen(size->command_line), room = sizeof(size->command_line) - n;
        va_list arguments;

        va_start(arguments, format);
        if (vsnprintf(size->command_line + n, room, format, arguments) >= (int) room)
                size->cut = true;
        va_end(arguments);
}

/* "64M" behind each node, the areas of which are called prefix and the node's number. */
static uint64_t size_nodes(const struct cma_demand *demand, const char *prefix, const char *parameter,
                           uint64_t unit, struct boot_size *ret)
{
        char text[CMDLINE_SIZE_MAX];
        uint64_t sum = 0, bytes;
        uint32_t node;

        for (size_t i = 0; i < demand->n; i++) {
                if (!has_number_behind(demand->areas[i].name, prefix, &node))
                        continue;
                bytes = size_area(&demand->areas[i], unit, &ret->reasons);
                if (bytes == 0)
                        continue;
                if (sum == 0)
                        append(ret, "%s%s", ret->command_line[0] ? " " : "", parameter);
                append(ret, "%s%" PRIu32 ":%s", sum ? "," : "=", node, cmdline_format_size(bytes, text));
                sum = add_saturated(sum, bytes);
        }
        return sum;
}

/* Kernels before 6.6 have one size for all nodes. */
static uint64_t size_all_nodes(const struct cma_demand *demand, const struct boot_machine *machine,
                               uint64_t unit, struct boot_size *ret)
{
        char text[CMDLINE_SIZE_MAX];
        uint64_t most = 0, bytes;
        uint32_t node;

        for (size_t i = 0; i < demand->n; i++)
                if (has_number_behind(demand->areas[i].name, "pernuma", &node)) {
                        bytes = size_area(&demand->areas[i], unit, &ret->reasons);
                        most = bytes > most ? bytes : most;
                }
        if (most > 0)
                append(ret, "%scma_pernuma=%s", ret->command_line[0] ? " " : "",
                       cmdline_format_size(most, text));
        return multiply_saturated(most, machine->nodes);
}

static uint64_t size_default(const struct cma_demand *demand, const struct boot_machine *machine,
                             uint64_t unit, struct boot_size *ret)
{
        char text[CMDLINE_SIZE_MAX];
        uint64_t most = 0;

        /* several where the name has changed with the kernel */
        for (size_t i = 0; i < demand->n; i++)
                if (boot_area_is_default(demand->areas[i].name)) {
                        uint64_t bytes = size_area(&demand->areas[i], unit, &ret->reasons);

                        most = bytes > most ? bytes : most;
                }
        if (most > 0 || machine->has_default)
                append(ret, "cma=%s", cmdline_format_size(most, text));
        return most;
}

static bool is_sized_here(const char *name)
{
        uint32_t node;

        return boot_area_is_default(name) || has_number_behind(name, "numa", &node) ||
               has_number_behind(name, "pernuma", &node) || has_number_behind(name, "hugetlb", &node);
}

/* Nobody's command line makes these. */
static void tell_other_areas(const struct cma_demand *demand, uint64_t unit, struct boot_size *ret)
{
        for (size_t i = 0; i < demand->n; i++) {
                const struct cma_demand_area *area = &demand->areas[i];
                uint64_t *figures;

                if (is_sized_here(area->name) || needed(area) == 0)
                        continue;
                figures = boot_reasons_add(&ret->reasons, BOOT_OTHER_AREA, area->name, NULL);
                figures[0] = round_up(needed(area), unit);
                figures[1] = area->size;
                tell_failures(area, &ret->reasons);
        }
}

static bool has_exact(const struct cma_demand *demand)
{
        for (size_t i = 0; i < demand->n; i++)
                if (demand->areas[i].exact && needed(&demand->areas[i]) > 0)
                        return true;
        return false;
}

/* What is true of the whole of it. */
static void tell_all(const struct cma_demand *demand, const struct boot_machine *machine, uint64_t unit,
                     struct boot_size *ret)
{
        uint64_t *figures;

        if (!machine->cma)
                (void) boot_reasons_add(&ret->reasons, BOOT_NO_CMA, NULL, NULL);
        else if (ret->told && ret->nothing_to_set)
                (void) boot_reasons_add(&ret->reasons, BOOT_NOTHING_TO_GIVE_BACK, NULL, NULL);
        if (has_exact(demand))
                (void) boot_reasons_add(&ret->reasons, BOOT_NO_HEADROOM, NULL, NULL);
        if (ret->bytes > 0 && machine->unit == 0)
                boot_reasons_add(&ret->reasons, BOOT_UNIT_ASSUMED, NULL, NULL)[0] = unit;
        if (machine->memory > 0 && ret->bytes > machine->memory / 2) {
                figures = boot_reasons_add(&ret->reasons, ret->too_much ? BOOT_TOO_MUCH : BOOT_MUCH, NULL,
                                           NULL);
                figures[0] = ret->bytes;
                figures[1] = machine->memory;
        }
        if (demand->seconds > 0 && demand->seconds < DAY_SECONDS)
                boot_reasons_add(&ret->reasons, BOOT_SHORT_RECORD, NULL, NULL)[0] = demand->seconds;
}

void boot_size(const struct cma_demand *demand, const struct boot_machine *machine, struct boot_size *ret)
{
        uint64_t unit = machine->unit > 0 ? machine->unit : BOOT_UNIT_ASSUMED_BYTES, nodes, bytes;

        *ret = (struct boot_size){ .told = demand->seconds > 0 };
        if (!ret->told)
                (void) boot_reasons_add(&ret->reasons, BOOT_NEVER_RECORDED, NULL, NULL);
        else if (machine->cma) {
                ret->default_bytes = size_default(demand, machine, unit, ret);
                nodes = size_nodes(demand, "numa", "numa_cma", unit, ret);
                nodes = add_saturated(nodes, size_all_nodes(demand, machine, unit, ret));
                if (nodes == 0 && ret->default_bytes > 0 && machine->per_node && machine->nodes > 1) {
                        boot_reasons_add(&ret->reasons, BOOT_PER_NODE, NULL, NULL)[0] = machine->nodes;
                        append(ret, " cma_pernuma=0");
                }
                bytes = size_nodes(demand, "hugetlb", "hugetlb_cma",
                                   machine->gigantic > unit ? machine->gigantic : unit, ret);
                if (bytes > 0) {
                        uint64_t *figures = boot_reasons_add(&ret->reasons, BOOT_HUGETLB, NULL, NULL);

                        figures[0] = bytes;
                        figures[1] = machine->gigantic;
                }
                ret->bytes = add_saturated(add_saturated(ret->default_bytes, nodes), bytes);
                if (ret->bytes == 0)
                        boot_reasons_add(&ret->reasons, BOOT_NO_REQUESTS, NULL, NULL)[0] = demand->seconds;
                tell_other_areas(demand, unit, ret);
        } else
                boot_reasons_add(&ret->reasons, BOOT_NO_REQUESTS, NULL, NULL)[0] = demand->seconds;
        ret->nothing_to_set = ret->command_line[0] == '\0';
        /* what the kernel and its drivers have for themselves does not go into an area */
        ret->too_much = machine->memory > 0 && ret->bytes > machine->memory - machine->memory / 8;
        tell_all(demand, machine, unit, ret);
}

int boot_size_check(const struct boot_size *size, const struct boot_machine *machine, char **message)
{
        char bytes[CMDLINE_SIZE_MAX], memory[CMDLINE_SIZE_MAX];

        if (!size->told)
                return fail(message, -ENODATA,
                            "there is no record of what was asked for, and so no size to apply");
        if (!machine->cma)
                return fail(message, -EOPNOTSUPP,
                            "this kernel has no CMA, and nothing on its command line gives it any; memctl "
                            "cma reserve does without");
        if (size->nothing_to_set)
                return fail(message, -ENODATA,
                            "nothing was asked for, and the kernel sets nothing aside by itself: there is "
                            "nothing to apply");
        if (size->too_much)
                return fail(
                        message, -ERANGE,
                        "%s is recommended, and the machine has %s: with less than an eighth of that left "
                        "for all else it might not boot; one request that cannot be granted is enough for "
                        "such a size, and memctl cma boot says of which area",
                        cmdline_format_size(size->bytes, bytes),
                        cmdline_format_size(machine->memory, memory));
        if (size->cut)
                return fail(message, -E2BIG,
                            "there are more areas than memctl has room for on a command line");
        return 0;
}

char *boot_size_device_tree(const struct boot_size *size, const struct boot_machine *machine)
{
        uint64_t unit = machine->unit > 0 ? machine->unit : BOOT_UNIT_ASSUMED_BYTES, n = size->default_bytes;
        char *text;

        if (n == 0 || size->too_much ||
            asprintf(&text,
                     "reserved-memory {\n"
                     "\t#address-cells = <2>;\n"
                     "\t#size-cells = <2>;\n"
                     "\tranges;\n"
                     "\n"
                     "\tlinux,cma {\n"
                     "\t\tcompatible = \"shared-dma-pool\";\n"
                     "\t\treusable;\n"
                     "\t\tsize = <0x%" PRIx32 " 0x%" PRIx32 ">;\n"
                     "\t\talignment = <0x%" PRIx32 " 0x%" PRIx32 ">;\n"
                     "\t\tlinux,cma-default;\n"
                     "\t};\n"
                     "};\n",
                     (uint32_t) (n >> 32), (uint32_t) n, (uint32_t) (unit >> 32), (uint32_t) unit) < 0)
                return NULL;
        return text;
}
